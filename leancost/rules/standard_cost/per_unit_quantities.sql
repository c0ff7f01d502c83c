-- Per-unit factors: the only division of the software, done once, half-up to 9 decimals.
-- quotient = numerator / denominator; with A = numerator x 10^18 and B = denominator x 10^9 whole numbers, (2A + B) // 2B.
-- Source: contract 1 (division happens in one place only).
-- Inputs: divisions. Key: purpose, owner, line.
SELECT purpose, owner, line,
       CAST(CAST((2 * CAST(numerator * CAST(1000000000000000000 AS HUGEINT) AS HUGEINT)
                  + CAST(denominator * CAST(1000000000 AS HUGEINT) AS HUGEINT))
                 // (2 * CAST(denominator * CAST(1000000000 AS HUGEINT) AS HUGEINT)) AS DECIMAL(29, 0))
            * CAST(0.000000001 AS DECIMAL(9, 9)) AS DECIMAL(18, 9)) AS quotient
FROM divisions
