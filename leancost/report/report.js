// Unpacks plotly.js and draws every chart from the inert data beside it. Nothing is loaded from anywhere.
(async () => {
  const charts = [...document.querySelectorAll("figure.chart")];
  const FIRST_SCREEN = 340; // pixels, so that the overview is seen at once
  const draw = (figure) => {
    const drawn = JSON.parse(figure.querySelector("script").textContent);
    const layout = { height: 360, ...drawn.layout, autosize: true };
    delete layout.width;
    if (figure.closest(".first-screen")) layout.height = Math.min(layout.height, FIRST_SCREEN);
    return Plotly.newPlot(figure.querySelector(".plot"), drawn.data, layout, { displayModeBar: false, responsive: true });
  };
  const unpack = async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };
  try {
    if (charts.length) {
      const program = document.createElement("script");
      program.textContent = await unpack(document.getElementById("plotly").textContent.trim());
      document.head.append(program);
      for (const figure of charts) await draw(figure);
    }
  } catch (problem) {
    // An old browser: the data tables say what the charts would.
    document.documentElement.classList.add("without-charts");
    document.querySelectorAll(".chart-data").forEach((details) => (details.open = true));
    console.warn("charts not drawn:", problem);
  }
  // On paper everything folded is open, and charts have the width of the sheet.
  const PAPER = 980;
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details.long:not([open])")];
    folded.forEach((details) => (details.open = true));
    if (window.Plotly) charts.forEach((figure) => Plotly.relayout(figure.querySelector(".plot"), { width: PAPER }));
  });
  addEventListener("afterprint", () => {
    folded.forEach((details) => (details.open = false));
    if (window.Plotly) {
      charts.forEach((figure) => Plotly.relayout(figure.querySelector(".plot"), { width: null, autosize: true }));
    }
  });
  document.documentElement.dataset.ready = "yes";
})();
