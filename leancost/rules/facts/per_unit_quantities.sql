-- Per-unit factors: the only division of the software, done once, half-up to 9 decimals.
-- quotient = numerator / denominator; with A = numerator x 10^18 and B = denominator x 10^9 whole numbers, (2A + B) // 2B.
-- Source: contract 1 (division happens in one place only).
-- Inputs: divisions. Key: purpose, owner, line.
WITH whole_numbers AS (
    SELECT purpose, owner, line,
           CAST(floor(numerator) AS HUGEINT) * CAST(1000000000000000000 AS HUGEINT)
               + CAST((numerator - floor(numerator)) * CAST(1000000000000000000 AS HUGEINT) AS HUGEINT) AS a,
           CAST(CAST(denominator AS DECIMAL(28, 9)) * CAST(1000000000 AS DECIMAL(10, 0)) AS HUGEINT) AS b
    FROM divisions
)
SELECT purpose, owner, line,
       CAST(CAST((2 * a + b) // (2 * b) AS DECIMAL(29, 0)) * CAST(0.000000001 AS DECIMAL(9, 9)) AS DECIMAL(18, 9)) AS quotient
FROM whole_numbers
