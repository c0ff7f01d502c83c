"""Kernels of a report: of the interpreter that writes it, whatever kernels a user has installed."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

KERNEL: Final = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
"""What an executed notebook says of its kernel."""


class Kernels:
    """The kernels of one report: `manager` is the class that starts them; they are ended together."""

    def __init__(self, folder: str, environment: Mapping[str, str]) -> None:
        # Nobody watches, and what a user lets Python or IPython do at its start is no part of a report.
        own = {**environment, "LEANCOST_HEADLESS": "1", "IPYTHONDIR": folder, "PYTHONSTARTUP": ""}
        started: list[AsyncKernelManager] = []

        class Manager(AsyncKernelManager):
            """Starts the interpreter that runs now, by no name that could be another one's."""

            def __init__(self, **settings: Any) -> None:
                super().__init__(**settings)
                started.append(self)

            @property
            def kernel_spec(self) -> KernelSpec:
                spec = KernelSpec(**get_kernel_dict(), env=dict(own))
                spec.metadata["kernel_provisioner"] = {"provisioner_name": "local-provisioner"}
                return spec

        self.manager: Final = Manager
        self.ended = False
        self._started: Final = started

    def end(self) -> None:
        """Ends those that run; notebooks that wait for them fail."""
        self.ended = True
        for manager in self._started:
            if process := getattr(manager.provisioner, "process", None):
                process.kill()


@contextmanager
def own_kernels(environment: Mapping[str, str]) -> Iterator[Kernels]:
    """Kernels with these variables and a folder of IPython of their own, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="leancost-ipython-") as folder:
        yield Kernels(folder, environment)
