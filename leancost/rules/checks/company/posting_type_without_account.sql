-- C15 (error): a posting type without main account.
-- Source: domain 5, validation list.
-- Inputs: production_flows, posting_profile. Key: subject, problem.
WITH types AS (
    SELECT unnest(['inventory_issue_estimated', 'inventory_issue', 'finished_goods_estimated', 'finished_goods',
        'manufacturing_absorbed_estimated', 'manufacturing_absorbed', 'indirect_absorbed_estimated', 'indirect_absorbed',
        'service_accrued', 'service_vendor', 'service_wip_clearing', 'opening_balance', 'revaluation', 'variance_price',
        'variance_quantity', 'variance_lot_size', 'variance_substitution', 'variance_rounding']) AS posting_type
)
SELECT DISTINCT 'posting_profile' AS table_name, NULL AS key_parts,
       'production group ' || f.production_group AS subject, 'has no main account for ' || t.posting_type AS problem,
       'Add a row of that posting type' AS remedy
FROM production_flows f CROSS JOIN types t
WHERE NOT EXISTS (
    SELECT 1 FROM posting_profile p
    WHERE p.posting_type = t.posting_type
        AND (p.production_group IS NULL OR p.production_group = f.production_group))
