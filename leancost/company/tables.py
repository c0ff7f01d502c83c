"""The setup tables of the teaching company as its cost accountant wrote them; all figures are invented."""

PLAIN = {
    "parameters": """parameter,value
legal_entity,Fjordcycle AS
currency,EUR
conversion_in_wip,clear
variances_to_standard,per_cost_group""",
    "sites": """site,name
1,Works by the fjord""",
    "cost_groups": """cost_group,name,cost_group_type,behaviour
WHEELPARTS,Wheel parts,direct_material,variable
FRAMEPARTS,Steel and brazing,direct_material,variable
COMPONENTS,Bicycle components,direct_material,variable
PACKAGING,Packaging,direct_material,variable
LABLACE,Lacing labour,direct_manufacturing,variable
LABTRUE,Truing labour,direct_manufacturing,variable
LABCUT,Tube cutting labour,direct_manufacturing,variable
LABBRAZE,Brazing labour,direct_manufacturing,variable
LABFINISH,Frame finishing labour,direct_manufacturing,variable
LABBUILD,Building labour,direct_manufacturing,variable
LABTEST,Test and packing labour,direct_manufacturing,variable
OUTSIDE,Painting outside,direct_outsourcing,variable
OHMAT,Material handling,indirect,variable
OHLAB,Works overhead,indirect,fixed
OHFREIGHT,Packing and freight,indirect,variable
WHEELS,Wheels,undefined,
FRAMES,Frames,undefined,
BICYCLES,Bicycles,undefined,""",
    "inventory_model_groups": """inventory_model_group,inventory_model,stocked_product
STD,standard_cost,yes
SERVICE,fifo,no""",
    "items": """item,name,item_type,unit,cost_group,inventory_model_group,default_order_quantity,weight
HUB-FRONT,Front hub,item,pc,WHEELPARTS,STD,,0.19
HUB-REAR,Rear hub,item,pc,WHEELPARTS,STD,,0.34
HUB-SEALED,Front hub with sealed bearings,item,pc,WHEELPARTS,STD,,0.22
RIM,Rim 36 holes,item,pc,WHEELPARTS,STD,,0.52
SPOKE,Spoke,item,pc,WHEELPARTS,STD,,0.006
NIPPLE,Spoke nipple,item,pc,WHEELPARTS,STD,,0.001
TUBE-SET,Steel tube set,item,set,FRAMEPARTS,STD,,1.95
LUG-SET,Lugs and brackets,item,set,FRAMEPARTS,STD,,0.42
BRAZING-ROD,Brazing rod,item,kg,FRAMEPARTS,STD,,1
FORK,Fork,item,pc,COMPONENTS,STD,,0.98
HANDLEBAR,Handlebar with stem,item,pc,COMPONENTS,STD,,0.61
SADDLE,Saddle with post,item,pc,COMPONENTS,STD,,0.72
CRANKSET,Crankset,item,pc,COMPONENTS,STD,,0.88
CHAIN,Chain,item,pc,COMPONENTS,STD,,0.29
BRAKE-SET,Brake set,item,set,COMPONENTS,STD,,0.74
DERAILLEUR,Derailleur,item,pc,COMPONENTS,STD,,0.31
MUDGUARD-SET,Mudguards,item,set,COMPONENTS,STD,,0.55
LUGGAGE-RACK,Luggage rack,item,pc,COMPONENTS,STD,,0.83
TYRE,Tyre,item,pc,COMPONENTS,STD,,0.57
INNER-TUBE,Inner tube,item,pc,COMPONENTS,STD,,0.14
BOX,Bicycle box,item,pc,PACKAGING,STD,,2.1
PAINTING,Powder coating of a frame,service,pc,OUTSIDE,SERVICE,,
FRONT-WHEEL,Front wheel,item,pc,WHEELS,STD,48,1.02
REAR-WHEEL,Rear wheel,item,pc,WHEELS,STD,48,1.17
RAW-FRAME,Raw frame,item,pc,FRAMES,STD,48,2.35
FRAME,Painted frame,item,pc,FRAMES,STD,48,2.45
CITY,Bicycle City,item,pc,BICYCLES,STD,48,15.4
TOUR,Bicycle Tour,item,pc,BICYCLES,STD,48,16.2""",
    "costing_versions": """costing_version,costing_type,fallback_version,blocked
STD,standard,,no
PLAN,planned,STD,no""",
    "cost_categories": """cost_category,name,cost_group
CC-LACE,Hour of the lacing cell,LABLACE
CC-TRUE,Hour of the truing cell,LABTRUE
CC-CUT,Hour of the cutting cell,LABCUT
CC-BRAZE,Hour of the brazing cell,LABBRAZE
CC-FINISH,Hour of the finishing cell,LABFINISH
CC-BUILD,Hour of the building cell,LABBUILD
CC-TEST,Hour of the test and packing cell,LABTEST""",
    "costing_sheet": """node,parent_node,node_type,cost_group,base_cost_groups,basis,subtype,sequence
COGM,,root,,,,,1
MATERIAL,COGM,total,,,,,10
N-WHEELPARTS,MATERIAL,cost_group,WHEELPARTS,,,,11
N-FRAMEPARTS,MATERIAL,cost_group,FRAMEPARTS,,,,12
N-COMPONENTS,MATERIAL,cost_group,COMPONENTS,,,,13
N-PACKAGING,MATERIAL,cost_group,PACKAGING,,,,14
N-WHEELS,MATERIAL,cost_group,WHEELS,,,,15
N-FRAMES,MATERIAL,cost_group,FRAMES,,,,16
N-BICYCLES,MATERIAL,cost_group,BICYCLES,,,,17
CONVERSION,COGM,total,,,,,20
N-LABLACE,CONVERSION,cost_group,LABLACE,,,,21
N-LABTRUE,CONVERSION,cost_group,LABTRUE,,,,22
N-LABCUT,CONVERSION,cost_group,LABCUT,,,,23
N-LABBRAZE,CONVERSION,cost_group,LABBRAZE,,,,24
N-LABFINISH,CONVERSION,cost_group,LABFINISH,,,,25
N-LABBUILD,CONVERSION,cost_group,LABBUILD,,,,26
N-LABTEST,CONVERSION,cost_group,LABTEST,,,,27
OUTSOURCING,COGM,total,,,,,30
N-OUTSIDE,OUTSOURCING,cost_group,OUTSIDE,,,,31
INDIRECT,COGM,total,,,,,40
HANDLING,INDIRECT,surcharge,OHMAT,WHEELPARTS;FRAMEPARTS;COMPONENTS;PACKAGING,value,level,41
WORKS,INDIRECT,rate,OHLAB,LABLACE;LABTRUE;LABCUT;LABBRAZE;LABFINISH;LABBUILD;LABTEST,hours,level,42
FREIGHT,INDIRECT,output_unit,OHFREIGHT,,quantity,level,43""",
    "resource_groups": """resource_group,name,site,is_work_cell,vendor,run_time_cost_category
LACING,Lacing cell,1,yes,,CC-LACE
TRUING,Truing cell,1,yes,,CC-TRUE
CUTTING,Tube cutting cell,1,yes,,CC-CUT
BRAZING,Brazing cell,1,yes,,CC-BRAZE
PAINTER,Painter outside,1,yes,Fjord Powder Coating,
FINISHING,Frame finishing cell,1,yes,,CC-FINISH
BUILDING,Building cell,1,yes,,CC-BUILD
TESTING,Test and packing cell,1,yes,,CC-TEST""",
    "production_groups": """production_group,name,wip_account
PG-WHEELS,Wheels,141100
PG-FRAMES,Frames,141200
PG-ASSEMBLY,Assembly,141300""",
    "posting_profile": """production_group,posting_type,cost_group,main_account
,inventory_issue_estimated,,130900
,inventory_issue,,130000
PG-WHEELS,wip_estimated,,141100
PG-WHEELS,wip,,141100
PG-FRAMES,wip_estimated,,141200
PG-FRAMES,wip,,141200
PG-ASSEMBLY,wip_estimated,,141300
PG-ASSEMBLY,wip,,141300
,finished_goods_estimated,,135900
,finished_goods,,135000
,manufacturing_absorbed_estimated,,550900
,manufacturing_absorbed,,550000
,indirect_absorbed_estimated,,560900
,indirect_absorbed,,560000
,service_accrued,,210000
,service_vendor,,200000
,service_wip_clearing,,145000
,opening_balance,,299000
,revaluation,,570000
,variance_price,,580100
,variance_price,OUTSIDE,580150
,variance_quantity,,580200
,variance_lot_size,,580300
,variance_substitution,,580400
,variance_rounding,,580900""",
    "production_flows": """production_flow,name,site,production_group,value_stream,effective_from
WHEELS,Wheels,1,PG-WHEELS,City and touring bicycles,2025-01-01
FRAMES,Frames,1,PG-FRAMES,City and touring bicycles,2025-01-01
ASSEMBLY,Assembly,1,PG-ASSEMBLY,City and touring bicycles,2025-01-01""",
    "activities": """production_flow,activity,sequence,activity_type,resource_group,run_time_hours,run_time_quantity,\
process_quantity,update_on_pick,update_on_receipt,service_item,service_quantity
WHEELS,W05,5,transfer,,,,,yes,no,,
WHEELS,W10,10,process,LACING,2.7,12,,no,no,,
WHEELS,W20,20,process,TRUING,0.175,1,,no,yes,,
FRAMES,F05,5,transfer,,,,,yes,no,,
FRAMES,F10,10,process,CUTTING,0.2,1,,no,no,,
FRAMES,F20,20,process,BRAZING,0.62,1,,no,no,,
FRAMES,F30,30,process,PAINTER,,,,no,no,PAINTING,1
FRAMES,F40,40,process,FINISHING,1.75,12,,no,yes,,
ASSEMBLY,A05,5,transfer,,,,,yes,no,,
ASSEMBLY,A10,10,process,BUILDING,0.75,1,10,yes,no,,
ASSEMBLY,A20,20,process,TESTING,0.2,1,,no,yes,,
ASSEMBLY,A90,90,transfer,,,,,no,yes,,""",
    "activity_ratios": """production_flow,activity,item,throughput_ratio
WHEELS,W20,REAR-WHEEL,1.25
ASSEMBLY,A10,TOUR,1.2""",
    "kanban_rules": """kanban_rule,production_flow,item,kanban_type,replenishment_strategy,first_activity,\
last_activity,quantity,empty_policy,supermarket,consuming_production_flow,effective_from
KR-RIM,WHEELS,RIM,withdrawal,fixed,W05,W05,24,manual,no,,2025-01-01
KR-SPOKE,WHEELS,SPOKE,withdrawal,fixed,W05,W05,1600,manual,no,,2025-01-01
KR-NIPPLE,WHEELS,NIPPLE,withdrawal,fixed,W05,W05,2000,manual,no,,2025-01-01
KR-FRONT-WHEEL,WHEELS,FRONT-WHEEL,manufacturing,fixed,W10,W20,12,manual,yes,ASSEMBLY,2025-01-01
KR-REAR-WHEEL,WHEELS,REAR-WHEEL,manufacturing,fixed,W10,W20,12,manual,yes,ASSEMBLY,2025-01-01
KR-TUBE-SET,FRAMES,TUBE-SET,withdrawal,fixed,F05,F05,12,manual,no,,2025-01-01
KR-LUG-SET,FRAMES,LUG-SET,withdrawal,fixed,F05,F05,36,manual,no,,2025-01-01
KR-BRAZING-ROD,FRAMES,BRAZING-ROD,withdrawal,fixed,F05,F05,5,manual,no,,2025-01-01
KR-RAW-FRAME,FRAMES,RAW-FRAME,manufacturing,fixed,F10,F20,12,manual,no,,2025-01-01
KR-FRAME,FRAMES,FRAME,manufacturing,fixed,F30,F40,12,manual,yes,ASSEMBLY,2025-01-01
KR-FORK,ASSEMBLY,FORK,withdrawal,fixed,A05,A05,18,manual,no,,2025-01-01
KR-HANDLEBAR,ASSEMBLY,HANDLEBAR,withdrawal,fixed,A05,A05,30,manual,no,,2025-01-01
KR-SADDLE,ASSEMBLY,SADDLE,withdrawal,fixed,A05,A05,20,manual,no,,2025-01-01
KR-CHAIN,ASSEMBLY,CHAIN,withdrawal,fixed,A05,A05,40,manual,no,,2025-01-01
KR-BRAKE-SET,ASSEMBLY,BRAKE-SET,withdrawal,fixed,A05,A05,16,manual,no,,2025-01-01
KR-TYRE,ASSEMBLY,TYRE,withdrawal,fixed,A05,A05,40,manual,no,,2025-01-01
KR-INNER-TUBE,ASSEMBLY,INNER-TUBE,withdrawal,fixed,A05,A05,100,manual,no,,2025-01-01
KR-LUGGAGE-RACK,ASSEMBLY,LUGGAGE-RACK,withdrawal,event,A05,A05,12,source_requirement,no,,2025-01-01
KR-CITY,ASSEMBLY,CITY,manufacturing,scheduled,A10,A20,12,received,no,,2025-01-01
KR-TOUR,ASSEMBLY,TOUR,manufacturing,scheduled,A10,A20,12,received,no,,2025-01-01
KR-HANDLEBAR-BACK,ASSEMBLY,HANDLEBAR,withdrawal,fixed,A90,A90,30,manual,no,,2025-01-01""",
    "default_production_flows": """item,site,production_flow
FRONT-WHEEL,1,WHEELS
REAR-WHEEL,1,WHEELS
RAW-FRAME,1,FRAMES
FRAME,1,FRAMES
CITY,1,ASSEMBLY
TOUR,1,ASSEMBLY""",
    "routes": """route,item,site,effective_from
R-FRONT-WHEEL,FRONT-WHEEL,1,2025-01-01
R-REAR-WHEEL,REAR-WHEEL,1,2025-01-01
R-RAW-FRAME,RAW-FRAME,1,2025-01-01
R-FRAME,FRAME,1,2025-01-01
R-CITY,CITY,1,2025-01-01
R-TOUR,TOUR,1,2025-01-01""",
    "route_operations": """route,operation,resource_group,run_time_hours,run_time_quantity,setup_hours,\
setup_cost_category
R-FRONT-WHEEL,10,LACING,2.7,12,0.3,CC-LACE
R-FRONT-WHEEL,20,TRUING,0.175,1,,
R-REAR-WHEEL,10,LACING,2.7,12,0.3,CC-LACE
R-REAR-WHEEL,20,TRUING,0.21875,1,,
R-RAW-FRAME,10,CUTTING,0.2,1,0.8,CC-CUT
R-RAW-FRAME,20,BRAZING,0.62,1,,
R-FRAME,40,FINISHING,1.75,12,,
R-CITY,10,BUILDING,0.75,1,0.5,CC-BUILD
R-CITY,20,TESTING,0.2,1,,
R-TOUR,10,BUILDING,0.9,1,0.5,CC-BUILD
R-TOUR,20,TESTING,0.2,1,,""",
}
"""The tables that stand as they are written."""

BOMS = {
    "FRONT-WHEEL": "12: HUB-FRONT 12, RIM 12, SPOKE 432 scrap 0.02, NIPPLE 432 scrap 0.03",
    "REAR-WHEEL": "12: HUB-REAR 12, RIM 12, SPOKE 432 scrap 0.02, NIPPLE 432 scrap 0.03",
    "RAW-FRAME": "1: TUBE-SET 1, LUG-SET 1, BRAZING-ROD 0.14 scrap 0.04",
    "FRAME": "1: RAW-FRAME 1, PAINTING 1",
    "CITY": "1: FRAME 1, FRONT-WHEEL 1, REAR-WHEEL 1, FORK 1, HANDLEBAR 1, SADDLE 1, CRANKSET 1, CHAIN 1, BRAKE-SET 1,"
    " TYRE 2, INNER-TUBE 2, MUDGUARD-SET 1, BOX 1",
    "TOUR": "1: FRAME 1, FRONT-WHEEL 1, REAR-WHEEL 1, FORK 1, HANDLEBAR 1, SADDLE 1, CRANKSET 1, CHAIN 1, BRAKE-SET 1,"
    " TYRE 2, INNER-TUBE 2, DERAILLEUR 1, LUGGAGE-RACK 1, BOX 1",
}
PRICES = (
    "HUB-FRONT 9.85, HUB-REAR 14.4, HUB-SEALED 12.35, RIM 11.35, SPOKE 0.085, NIPPLE 0.0315, TUBE-SET 38.4,"
    " LUG-SET 8.65, BRAZING-ROD 24.75, FORK 21.9, HANDLEBAR 9.45, SADDLE 13.2, CRANKSET 22.75, CHAIN 7.385,"
    " BRAKE-SET 18.6, DERAILLEUR 24.9, MUDGUARD-SET 10.95, LUGGAGE-RACK 16.8, TYRE 12.625, INNER-TUBE 3.15, BOX 4.205,"
    " PAINTING 17.5"
)
HOURLY_RATES = "CC-LACE 31.4, CC-TRUE 33.85, CC-CUT 32.6, CC-BRAZE 38.25, CC-FINISH 30.9, CC-BUILD 34.8, CC-TEST 29.45"
INDIRECT_RATES = "HANDLING * 0.055, WORKS * 11.2, FREIGHT CITY 3.75, FREIGHT TOUR 4.3"
