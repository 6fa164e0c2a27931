# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""What firms of each trade buy, store and sell: articles with their prices, and lines of business.

The trade of a firm is in its name, so that stock, price lists and orders are those of the firm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade.

    Attributes:
        articles: What lies in its stores, with a usual price in whole units of the money.
        lines: Lines of business, each of which has a result of its own.
        sold: What is on its price list, with a usual price in whole units of the money.
        serves: Whether it does things for its customers and does not send them goods.
    """

    articles: Mapping[str, int]
    lines: tuple[str, ...]
    sold: Mapping[str, int]
    serves: bool


def _priced(text: str) -> dict[str, int]:
    pairs = (entry.rsplit(" ", 1) for entry in text.split(", "))
    return {name: int(price) for name, price in pairs}


def _trade(articles: str, lines: str, sold: str = "", serves: bool = False) -> Trade:
    """Return a trade; one that has no list of what it sells sells what lies in its stores."""
    return Trade(_priced(articles), tuple(lines.split(", ")), _priced(sold or articles), serves)


TRADES: Mapping[str, Trade] = {
    "Freight": _trade(
        "euro pallet 14, ratchet strap 9, load bar 31, corner board 2, tarpaulin 118, "
        "pallet collar 12, bolt seal 3, anti-slip mat 6, dunnage bag 4",
        "groupage, tail-lift delivery, container drayage, pallet storage",
        "pallet space 41, half pallet space 26, tail lift call 18, timed delivery 35, "
        "storage week 6, customs entry 52, waiting hour 44, export label 3",
        serves=True,
    ),
    "Water Services": _trade(
        "gate valve 84, service clamp 22, meter box 41, pipe coupling 18, stop tap 13, "
        "surface box 56, repair collar 37, meter gasket 2, marker post 16",
        "standpipe hire, leak surveys, drain jetting, tank cleaning",
        "standpipe week 23, meter reading visit 31, leak survey hour 68, water analysis 84, "
        "stop tap turn 27, tank clean 142, hydrant check 19, copy of plan 12",
        serves=True,
    ),
    "Dairy": _trade(
        "milk crate 8, churn lid 12, teat liner 5, filter sleeve 3, cream tub 2, rennet bottle 24, "
        "butter wrapper roll 27, cheese mould 19, cup seal roll 33",
        "doorstep delivery, school milk, butter churning, whey collection",
        "milk crate of 20 14, butter box 47, cream tub 6, yoghurt tray 9, "
        "cheese wheel 118, buttermilk case 16, curd bucket 22, school milk crate 11",
    ),
    "Textiles": _trade(
        "cone of cotton yarn 17, twill roll 96, lining roll 64, zip box 23, button card 4, "
        "dye drum 131, needle pack 6, label reel 14, selvedge tape 5",
        "contract dyeing, upholstery cloth, tea towels, sample weaving",
    ),
    "Port Services": _trade(
        "mooring rope 143, fender tyre 52, shackle 11, heaving line 19, deck paint drum 88, "
        "lashing chain 36, bollard cap 27, oil boom section 112, twist lock 29",
        "line handling, waste reception, crane hire, shore power",
        "mooring call 146, crane hour 178, shore power day 64, waste tub 38, "
        "fresh water load 21, gangway hire 57, berth meter day 4, forklift hour 49",
        serves=True,
    ),
    "Parcel Lockers": _trade(
        "locker door 46, door hinge 7, cam lock 12, scanner window 21, keypad 58, "
        "cable harness 33, number plate 3, rain hood 67, battery pack 79",
        "returns drop-off, key handover, evening collection, grocery lockers",
        "locker month 37, key handover 4, returns drop 2, cold locker month 58, "
        "door print 26, access card 7, evening slot 3, service visit 89",
        serves=True,
    ),
    "Rail Spares": _trade(
        "brake block 39, buffer spring 124, door seal 28, axle box cover 91, coupling pin 22, "
        "lamp lens 17, sand hose 34, wear plate 26, jumper cable 83",
        "bogie overhaul, door kits, wheelset exchange, lamp repair",
    ),
    "Cold Storage": _trade(
        "strip curtain 73, door gasket 44, pallet cover 18, freezer glove pair 23, fan blade 61, "
        "drain heater 52, shelf liner 9, temperature label pack 15, condenser filter 27",
        "blast freezing, pallet storage, case picking, container stripping",
        "pallet week 5, blast freeze 34, handling in 4, handling out 4, "
        "case pick 2, container strip 162, label run 8, gate hour 43",
        serves=True,
    ),
    "Paper Mills": _trade(
        "press felt 147, doctor blade 38, core plug 2, suction seal 63, starch bag 29, "
        "wrapper reel 71, slitter knife 46, dandy roll sleeve 118, edge board 4",
        "tissue reels, envelope stock, core winding, waste paper baling",
        "tissue reel 96, envelope ream 14, kraft sheet pack 23, core board 7, "
        "tracing roll 31, blotting pack 9, wallboard bale 58, filter reel 74",
    ),
    "Brickworks": _trade(
        "kiln brick 5, die plate 136, extruder blade 57, setting pallet 24, shrink hood 3, "
        "sand bag 8, clay knife 14, burner nozzle 69, conveyor belt clip 2",
        "roof tiles, paving bricks, special shapes, reclaimed bricks",
        "facing brick pack 142, roof tile pallet 168, paving brick pack 127, air brick 6, "
        "coping stone 17, chimney pot 63, brick slip box 38, clay vent 9",
    ),
    "Ferries": _trade(
        "life jacket 62, ticket roll 4, deck chair 38, mooring line 127, ramp seal 94, "
        "hand flare 19, galley tray 7, signal lamp 76, fender 55",
        "foot passengers, vehicle deck, evening cruises, island freight",
        "foot ticket 12, car crossing 58, van crossing 79, bicycle ticket 5, "
        "cabin 64, evening cruise 27, freight metre 21, season card 139",
        serves=True,
    ),
    "Seed Merchants": _trade(
        "grass seed bag 48, clover seed bag 61, seed tray 2, drill tube 13, sack needle 5, "
        "moisture strip pack 22, maize seed bag 97, kale seed tin 16, bird netting roll 34",
        "lawn mixtures, seed cleaning, game cover, drill hire",
    ),
    "Timber": _trade(
        "larch board 19, oak sleeper 58, fence panel 43, joist hanger 4, gate post 27, "
        "decking board 14, wood stain tin 31, saw blade 66, sheathing sheet 24",
        "kiln drying, fencing kits, pallet boards, firewood",
    ),
    "Bakeries": _trade(
        "flour sack 21, bread tin 9, baking tray 16, proving basket 11, yeast block 3, "
        "cake box bundle 14, piping bag roll 12, oven glove pair 8, sugar sack 26",
        "wholesale bread, market stalls, wedding cakes, school lunches",
        "rye loaf 4, white tin loaf 3, roll tray 11, sponge cake 19, "
        "wedding tier 86, pretzel box 14, plum tart 16, school lunch roll 2",
    ),
    "Glassworks": _trade(
        "blowpipe 92, mould pair 148, annealing tray 37, cutting wheel 23, cullet sack 12, "
        "jar lid bundle 18, polishing disc 9, carton divider 2, furnace brick 31",
        "jars, laboratory glass, glass recycling, window repair",
        "jam jar tray 13, laboratory flask 22, window pane 47, cut vase 68, "
        "beaker box 34, bottle crate 16, lamp globe 29, glass lid 4",
    ),
    "Laundries": _trade(
        "detergent drum 54, linen bag 6, press pad 47, trolley castor 13, hanger bundle 17, "
        "mending tape 5, softener can 29, steam hose 68, tag pack 8",
        "hotel linen, workwear rental, mat service, curtain cleaning",
        "hotel sheet 3, table linen set 7, coverall week 5, mat change 12, "
        "curtain pair 24, chef jacket 4, duvet clean 17, towel bundle 6",
        serves=True,
    ),
    "Office Furniture": _trade(
        "desk top 98, chair base 34, gas lift 22, drawer runner 11, cable tray 15, castor set 12, "
        "screen panel 73, lock barrel 6, monitor arm 64",
        "chair repair, desk rental, office moves, meeting booths",
    ),
    "Pump Hire": _trade(
        "suction hose 71, foot valve 28, hose coupling 14, impeller 86, float switch 33, "
        "shaft seal 41, strainer 19, lay-flat hose 52, start battery 94",
        "trench pumps, standby cover, tanker hire, pump repair",
        "trench pump day 38, tanker hour 74, hose week 16, standby night 129, "
        "float set week 11, delivery run 45, generator day 61, call-out 83",
        serves=True,
    ),
    "Road Surfacing": _trade(
        "traffic cone 13, kerb stone 9, rake 24, lute 38, marking paint tin 27, joint sealant 16, "
        "road sign frame 57, burner lance 83, sand sack 5",
        "pothole patching, line marking, car parks, kerb laying",
        "pothole patch 64, line metre 3, kerb metre 31, cone day 2, "
        "planer hour 147, tar load 138, sign set day 22, sweep hour 56",
        serves=True,
    ),
    "Packaging": _trade(
        "carton bundle 26, void fill bag 31, tape case 44, stretch film roll 12, edge protector 2, "
        "mailing bag pack 18, strapping coil 63, label roll 9, pallet cap 3",
        "printed cartons, gift boxes, contract packing, box recycling",
    ),
    "Grain": _trade(
        "elevator bucket 8, auger flight 67, grain sack 3, moisture cell 112, "
        "conveyor belt clip 2, dust filter 46, sieve frame 58, spout liner 34, hopper grid 79",
        "malting barley, drying service, feed wheat, weighbridge service",
        "feed wheat bag 13, malting barley bag 17, seed oats bag 19, drying tonne 14, "
        "cleaning tonne 8, weighbridge ticket 9, storage month 6, rolled oats sack 21",
    ),
    "Printing": _trade(
        "ink tin 37, blanket 82, plate 14, staple wire reel 19, binding comb pack 23, "
        "wash-up cloth pack 16, cutting stick 5, card stock ream 28, roller sleeve 91",
        "letterheads, parish magazines, label printing, large posters",
        "letterhead box 46, parish magazine 3, label reel 28, large poster 17, "
        "business card box 34, folded leaflet pack 52, ring-bound report 11, banner 73",
    ),
    "Scaffolding": _trade(
        "right-angle coupler 6, base plate 8, scaffold board 22, steel tube 41, ladder bracket 17, "
        "toe board clip 4, debris netting roll 58, swivel coupler 7, gin wheel 63",
        "household jobs, temporary roofs, event stands, ladder inspection",
        "lift of scaffold 148, tower week 62, roof cover day 39, ladder check 14, "
        "handover visit 45, netting metre 4, loading bay week 27, chute week 19",
        serves=True,
    ),
    "Bus Lines": _trade(
        "wiper blade 16, door actuator 139, seat cover 42, ticket roll 3, mirror glass 37, "
        "brake pad set 94, bell push 11, destination blind 128, fan belt 24",
        "school contracts, airport shuttle, private hire, parcel carriage",
        "coach hour 64, school pass 48, day ticket 7, airport seat 16, "
        "group ticket 31, parcel by bus 6, shelter poster 22, driver hour 37",
        serves=True,
    ),
    "Waste Collection": _trade(
        "bin lid 12, wheel pair 15, clear sack roll 9, skip net 48, bin sticker pack 6, "
        "lift comb 87, glove pack 14, food caddy 5, container lock 26",
        "garden waste, skip hire, glass collection, paper shredding",
        "skip week 72, glass tub lift 13, garden sack 3, paper bin lift 9, "
        "shredding box 17, bulky item 26, food caddy lift 4, gate call 38",
        serves=True,
    ),
    "Pharmacy Supplies": _trade(
        "amber bottle tray 22, dosage cup pack 7, label roll 11, blister card pack 18, "
        "cool bag 29, pestle 16, sharps bin 5, dispensing bag case 34, thermometer 24",
        "care home packs, cold deliveries, dressing packs, pharmacy returns",
    ),
    "Lifts": _trade(
        "guide shoe 48, door roller 13, landing button 27, car lamp 21, oil cup 9, "
        "brake lining 64, ceiling panel 77, relay 34, rope socket 116",
        "stair lifts, goods lifts, service contracts, lift refits",
        "service visit 124, stair lift check 67, call-out hour 88, rope check 59, "
        "lamp change 21, oil change 46, door setting 73, trial load 132",
        serves=True,
    ),
    "Electrical Wholesale": _trade(
        "cable drum 86, socket outlet 5, fuse pack 12, trunking length 9, LED panel 41, "
        "junction box 3, contactor 53, earth rod 17, dimmer 28",
        "trade counter, lamp recycling, cable cutting, panel building",
    ),
    "Catering": _trade(
        "serving tray 19, chafing dish 58, napkin case 24, cup sleeve pack 8, urn tap 15, "
        "table cloth 13, gastro lid 11, cutlery roll 3, food box 37",
        "office lunches, event catering, crockery hire, vending rounds",
        "office lunch 11, coffee service 4, buffet head 23, waiter hour 28, "
        "crockery set 3, cake plate 14, juice jug 6, vending refill 34",
        serves=True,
    ),
}  # fmt: skip
"""Every trade in which a firm can be, by its name in the firm's."""


OWN_GROUPS: Mapping[str, Sequence[str]] = {
    "vehicle parts": ("tyres", "oil filters", "headlamp bulbs", "mudflaps", "wheel nuts"),
    "fuel and lubricants": ("diesel", "hydraulic oil", "gear oil", "screen wash", "grease"),
    "office supplies": ("copy paper", "ring binders", "pens", "staplers", "wall planners"),
    "cleaning": ("floor cleaner", "mop heads", "bin liners", "hand soap", "paper towels"),
    "workwear": ("safety boots", "hi-vis vests", "rain jackets", "ear defenders", "knee pads"),
    "tools": ("socket sets", "drill bits", "hacksaw blades", "tape measures", "spirit levels"),
    "building upkeep": ("door closers", "roof felt", "wall paint", "gutter clips", "floor tiles"),
    "kitchen and canteen": ("coffee", "tea bags", "dish tabs", "mugs", "kettles"),
}  # fmt: skip
"""What any firm buys for its own use: a group -> goods in it."""
