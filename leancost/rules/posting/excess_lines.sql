-- What the process quantity alone made the period's jobs charge: hours, and their price, unrounded.
-- amount (currency) = excess hours x hourly rate of the day; the foreman adds the overhead on it node by node.
-- Source: contract 4 (variance types: excess); domain 3.2. Decision: D13.
-- Inputs: conversion_hours, hourly_rate_periods, cost_categories.
-- Key: event.
SELECT h.event, h.posting_date, h.production_flow, h.site, h.item, 'cost_category' AS resource_type,
       h.cost_category AS resource, c.cost_group, CAST(h.excess_hours AS DECIMAL(22, 12)) AS quantity,
       CAST(CAST(h.excess_hours AS DECIMAL(19, 6)) * r.hourly_rate AS DECIMAL(22, 12)) AS amount
FROM conversion_hours h
JOIN cost_categories c ON c.cost_category = h.cost_category
JOIN hourly_rate_periods r
    ON r.cost_category = h.cost_category AND r.site = h.site AND h.posting_date BETWEEN r.valid_from AND r.valid_to
WHERE h.excess_hours > 0
