-- What several rules say alike, said once: `workspace` makes these functions, and every schema of it finds them.
-- Source: beside each.

-- The first and the last day on which a row holds; an empty one is open. Source: contract 2 (effective dates inclusive).
CREATE TEMP MACRO begins(day) AS COALESCE(day, DATE '0001-01-01');
CREATE TEMP MACRO ends(day) AS COALESCE(day, DATE '9999-12-31');

-- Exact value (currency) rounded half away from zero to the currency's minor unit. Source: contract 1 (rounding).
CREATE TEMP MACRO money(exact_amount, minor_units, minor_unit) AS
    CAST(round(exact_amount * minor_units, 0) * minor_unit AS DECIMAL(18, 3));

-- One line's part of a total that is rounded once: the running total rounded, less the same before the line.
-- Source: contract 1 (rounding: a total split over lines).
CREATE TEMP MACRO money_of_line(running_amount, exact_amount, minor_units, minor_unit) AS
    CAST(round(running_amount * minor_units, 0) * minor_unit
         - round((running_amount - exact_amount) * minor_units, 0) * minor_unit AS DECIMAL(18, 3));

-- What one unit of an item counts in the basis of a costing sheet node. Source: contract 2 (costing_sheet.basis).
CREATE TEMP MACRO counts(basis, weight, volume) AS
    CASE basis WHEN 'weight' THEN COALESCE(weight, 0) WHEN 'volume' THEN COALESCE(volume, 0)
               ELSE CAST(1 AS DECIMAL(18, 9)) END;
