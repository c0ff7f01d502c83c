-- The structures whose cost is reported: what the basis asks for, of every item or of those named.
-- Source: contract 5 (calculate), 6 (without --item). Inputs: structures, asked_items. Key: structure; item, site.
SELECT s.* FROM structures s JOIN asked_items a ON a.item = s.item WHERE s.is_chosen
