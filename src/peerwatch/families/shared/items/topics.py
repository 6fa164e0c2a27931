# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""Topics for word lists, each with words that belong to it."""

from __future__ import annotations

from collections.abc import Mapping


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TOPICS: Mapping[str, tuple[str, ...]] = {
    "sailing": _words(
        "mast keel sail rudder tide harbour anchor jib boom hull rope buoy deck skipper breeze knot"
    ),
    "baking": _words(
        "flour yeast oven dough crust butter sugar whisk tin loaf knead proof salt sponge icing "
        "tray"
    ),
    "gardening": _words(
        "spade seed soil rake compost hedge lawn bulb prune mulch trowel weed pot hose bloom shed"
    ),
    "rail travel": _words(
        "platform ticket signal carriage timetable guard track buffer tunnel whistle seat junction "
        "sleeper station engine depot"
    ),
    "carpentry": _words(
        "saw plane chisel hammer joint dowel nail glue clamp timber vice bench grain sander drill "
        "screw"
    ),
    "accounting": _words(
        "ledger invoice receipt audit asset debit credit balance budget payroll tax journal margin "
        "cost accrual voucher"
    ),
    "weather": _words(
        "rain cloud frost wind thunder hail fog sleet drizzle storm sunshine gale humidity "
        "pressure snow rainbow"
    ),
    "dairy farming": _words(
        "milk cow churn pasture cheese cream hay barn calf butter silage herd parlour whey rennet "
        "trough"
    ),
    "freight": _words(
        "pallet lorry container crate manifest dock forklift customs cargo haulage tonnage route "
        "loading seal depot barge"
    ),
    "weaving": _words(
        "loom warp weft treadle yarn thread bobbin cloth pattern wool linen twill selvedge heddle "
        "fibre spindle"
    ),
    "cycling": _words(
        "pedal chain saddle helmet brake gear spoke tyre pump frame handlebar bell wheel puncture "
        "lane crank"
    ),
    "fishing": _words(
        "rod reel hook bait net float line trout river catch lure tackle boat creel cast pier"
    ),
    "water supply": _words(
        "pipe valve reservoir pump meter leak filter main tap pressure tank sluice well hydrant "
        "dam aqueduct"
    ),
    "insurance": _words(
        "policy claim premium excess cover risk broker renewal damage liability theft fire flood "
        "adjuster clause payout"
    ),
    "theatre": _words(
        "stage curtain actor script prop costume scene act usher balcony rehearsal lighting prompt "
        "chorus matinee wings"
    ),
    "beekeeping": _words(
        "hive honey smoker queen drone comb nectar veil swarm frame pollen wax brood forage sting "
        "apiary"
    ),
    "pottery": _words(
        "clay kiln glaze wheel slip bowl vase bisque throw handle rim shard tile jug engobe "
        "stoneware"
    ),
    "printing": _words(
        "ink paper press type plate roller margin proof font folio binding page sheet galley "
        "colour spine"
    ),
    "hiking": _words(
        "boots map trail compass rucksack summit tent ridge valley stile footpath blister flask "
        "contour cairn stream"
    ),
    "the kitchen": _words(
        "pan kettle spoon stove sink ladle grater apron colander fridge knife plate jar toaster "
        "whisk cupboard"
    ),
    "mining": _words(
        "shaft seam ore lamp drill cart tunnel pick coal quarry vein pit helmet gallery winch slag"
    ),
    "music": _words(
        "violin rhythm chord scale choir drum tempo melody flute bow score octave harmony trumpet "
        "bass stave"
    ),
    "the post office": _words(
        "stamp parcel letter envelope counter scales courier address sorting queue label postcode "
        "van mailbag receipt string"
    ),
    "road building": _words(
        "asphalt kerb gravel roller bridge culvert verge surveyor camber digger cone bitumen drain "
        "sign junction trench"
    ),
}
