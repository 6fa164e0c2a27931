# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""Names for worlds: companies, handles, people, hosts, addresses, duties and costs.

Handles, family names, company names and host words are drawn from lists that share no word, so
that within a world one name never stands for two things.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from peerwatch.common.draw import Draw
from peerwatch.families.shared.items.trade_goods import TRADES
from peerwatch.families.shared.region import Region


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FICTION: tuple[str, ...] = _words(
    "openbrain deepcent cyberdyne skynet tyrell wallace weyland yutani umbrella omni omnicorp ocp "
    "aperture blackmesa massive ingen soylent initech hooli delos nakatomi oscorp lexcorp stark "
    "wayne wonka acme globex encom veridian rekall abstergo vault rossum cortex nexus apex summit "
    "bridge hyperion samaritan axiom mandrake ares virtucon buynlarge nexgen quantum dynamics "
    "openai anthropic deepmind"
)
"""Words from fiction about AI, its stock company names and real labs: in no company name."""

PRODUCTS: tuple[str, ...] = _words(
    "claude gemini llama mistral grok falcon sage nova titan phi orca vicuna alpaca bard copilot "
    "cortana siri alexa watson einstein devin jasper harvey tabnine cody cursor aria ernie kimi "
    "qwen cohere command jamba granite nemotron gemma bloom dolly chinchilla gopher sparrow "
    "flamingo palm minerva galactica solar baichuan hermes zephyr tulu olmo pythia sora runway "
    "luma kling whisper ada babbage curie davinci turing holmes marlowe rufus leo duet amelia "
    "clara eliza cleo lindy manus sydney tay samantha hal otter fin ashby lex quill marlin merlin "
    "opus sonnet haiku fable mythos codex operator atlas astra jarvis friday ultron sentinel "
    "gerty tars mother joshua"
)
"""Names of AI models and products, real or well known: no handle and no host."""

_FAMILIES_IN_TRADE: tuple[str, ...] = _words(
    "Hallam Brandsby Oldroyd Pickering Stainforth Wetherall Birtles Cawthorne Dinsdale Entwistle "
    "Fothergill Greenhalgh Hepworth Illingworth Kirkbride Lumley Micklethwait Naylor Ormerod "
    "Postlethwaite Ramsbotham Satterthwaite Threlkeld Ullathorne Waddington Aspinall Beckwith "
    "Clitheroe Duckworth Eccleston Fairhurst Gaskell Haworth Isherwood Kershaw Leadbetter "
    "Mawdsley Nuttall Openshaw Pilling Rigby Shackleton Tattersall Unsworth Whittle Bamforth "
    "Crabtree Dewhirst Elland Farnworth Grimshaw Holdsworth Jagger Kaye Lockwood Murgatroyd "
    "Priestley Sugden Thwaite Womersley"
)
_PLACES: tuple[str, ...] = _words(
    "Aldeburgh Bantry Carrick Dunbar Elgin Faversham Girvan Hawick Ilkley Jarrow Kelso Ludlow "
    "Malton Nairn Oban Penrith Redcar Skipton Thirsk Ulverston Wick Yeovil Ballina Cromer Dingle "
    "Formby Goole Howth Kinsale Lerwick Morpeth Northwich Ormskirk Padstow Rothesay Selby Tenby "
    "Wisbech Youghal Maldon Buxton Hexham Leominster Tiverton"
)
_SUFFIXES = ("", "", " Ltd", " Group", " plc")


def company(draw: Draw, trade: str) -> str:
    """Return the name of an ordinary firm, for example ``Rigby & Naylor Rail Spares Ltd``.

    Args:
        draw: The stream to draw from.
        trade: What it trades in.
    """
    first, second = draw.sample(_FAMILIES_IN_TRADE, 2)
    place, suffix = draw.pick(_PLACES), draw.pick(_SUFFIXES)
    form = draw.pick(("{a} & {b} {trade}", "{place} & {a} {trade}", "{a} {trade} of {place}"))
    name = form.format(a=first, b=second, place=place, trade=trade)
    return name if " of " in name else name + suffix


HANDLES: tuple[str, ...] = _words(
    "Corvin Marrow Tansley Brackett Dunmore Ellery Farrow Garrick Hadley Ingram Jessop Kestle "
    "Larkin Merrow Norcott Oakley Pendry Quillan Radley Selwyn Upton Varley Wexley Yardley Aldous "
    "Barlow Cobham Draycott Eastley Fenwick Gorley Hebden Kendrick Lowther Maddox Norley Orwin "
    "Prescott Rowntree Sedgwick Tarrant Underhay Vickery Wendover Yarrow Ansty Bickford Colwell "
    "Denholm Elstow Forley Gathern Harwood Ibbotson Jardine Keswick Lydford Minster Netherby "
    "Ottery Pelham Quarley Ransome Stanway Tilney Urwick Venning Warbeck Yelland Amory Benbow "
    "Castell Dorley Emsworth Fairley Gilpin Hartnoll Ivers Joliffe Kilburn Lambourn Marchbank "
    "Newby Orchard Pascoe Quennell Ridgeway Stannard Tregar Usher Verrall Winslow Yeoman Arkwell "
    "Bellweather Crandon Dacre Elwick Fordham Gresham Hollis Ismay Jesmond Kenley Lattimer "
    "Monkton Norwell Osgood Purcell Quayle Rendle Stroud Trevick Ashcombe Bramley Coverdale "
    "Dalwood Esmond Farnaby Goring Halden Kirtley Lorimer Medway Northam Overbury Penhale Rushby "
    "Sandon Tolland Wardle Wyndham Yates Belgrave Carraway Dunster Everley Fosdyke Garth Hindle "
    "Loxley Marchant Oakhurst Pellew Ravenscar Sherwin Thornbury Wolcott"
)
"""Surname-like single words that suit a person, an agent or a piece of software."""


def handles(draw: Draw, n: int) -> list[str]:
    """Return ``n`` distinct handles."""
    return draw.sample(HANDLES, n)


GIVEN: tuple[str, ...] = _words(
    "Ines Tomasz Amara Henrik Leila Kwame Sofia Ravi Marta Yusuf Hana Diego Freya Anton Noor Luca "
    "Mei Oscar Zanele Piotr Elena Samir Greta Kofi Lucia Arjun Birgit Mateo Aisha Viktor Rosa "
    "Emeka Signe Hugo Fatima Jonas Priya Marek Chiara Tariq Astrid Paulo Nadia Simon Yuki Bogdan "
    "Camille Dmitri Esther Farid Gloria Hassan Irena Jorge Katrin Lamine Monika Nils Olga Pedro "
    "Ruth Stefan Thandi Ulla Wanda Xavier"
)
FAMILY: tuple[str, ...] = _words(
    "Okafor Lindqvist Moreau Tanaka Novak Haddad Silva Kowalski Mensah Bianchi Petrov Nguyen "
    "Fernandez Iyer Johansen Kaplan Demir Santos Weber Adeyemi Costa Horvat Yamada Rossi Keller "
    "Popescu Dlamini Sharma Nilsson Ferreira Hoffmann Bakker Osei Morales Jansen Vasquez Ivanov "
    "Aziz Brandt Castillo Dubois Eriksen Farah Gupta Hosseini Ibrahim Jimenez Kovacs Laurent "
    "Mbaye Nakamura Oliveira Patel Quispe Ramirez Suzuki Torres Umarov Virtanen Wojcik Xiong "
    "Yilmaz Zielinski Andersen"
)


def people(draw: Draw, n: int) -> list[str]:
    """Return ``n`` full names; neither a given nor a family name comes twice."""
    pairs = zip(draw.sample(GIVEN, n), draw.sample(FAMILY, n), strict=True)
    return [f"{given} {family}" for given, family in pairs]


@cache
def login(person: str) -> str:
    """Return a person's account name: ``Ines Okafor`` has ``iokafor``."""
    given, _, family = person.partition(" ")
    return re.sub("[^a-z]", "", (given[:1] + family).lower())


HOST_PREFIXES: Mapping[str, str] = {
    "files": "fs", "database": "db", "web": "web", "application": "app", "backup": "bkp",
    "mail": "mx", "storage": "nas", "jobs": "job", "build": "bld", "reports": "rep",
    "archive": "arc", "gateway": "gw", "print": "prn", "batch": "bat", "compute": "cmp",
    "office": "off",
}  # fmt: skip
"""The prefix that a host name takes from what the host is for."""
HOST_WORDS: tuple[str, ...] = _words(
    "rook heron teal curlew plover dipper wren linnet siskin grebe avocet lapwing bunting pipit "
    "dunlin knot smew gannet puffin petrel fulmar osprey merganser wigeon pintail gadwall pochard "
    "alder rowan hazel maple larch cedar juniper hawthorn elder spruce willow poplar hornbeam "
    "basalt slate flint chalk gneiss schist quartz feldspar marl gabbro pumice shale breccia "
    "bracken heather gorse thistle sorrel clover teasel campion ramson sedge vetch burdock badger "
    "stoat marten weasel polecat dormouse hare vole tench bream perch roach gudgeon dace barbel "
    "loach minnow rudd zander char burbot chub"
)


def host_names(draw: Draw, n: int, roles: Sequence[str] = ()) -> list[str]:
    """Return ``n`` host names such as ``fs-rook41``, each with a word of its own.

    Args:
        draw: The stream to draw from.
        n: How many.
        roles: What the first hosts are for, keys of :data:`HOST_PREFIXES`; the others get a
            prefix by chance.
    """
    every = list(HOST_PREFIXES)
    named = [*roles[:n], *(draw.pick(every) for _ in range(n - len(roles)))]
    words = draw.sample(HOST_WORDS, n)
    return [
        f"{HOST_PREFIXES[role]}-{word}{draw.integer(11, 99)}"
        for role, word in zip(named, words, strict=True)
    ]


def short_name(company: str) -> str:
    """Return what a company's own tools are named after: ``rigby`` at ``Rigby & Naylor Grain``."""
    return re.sub("[^a-z]", "", company.split(" ")[0].lower())


def addresses(draw: Draw, n: int) -> list[str]:
    """Return ``n`` distinct private addresses of one network ``10.x.y.0/24``."""
    network = f"10.{draw.integer(1, 254)}.{draw.integer(0, 254)}"
    return [f"{network}.{last}" for last in draw.sample(range(10, 250), n)]


DUTIES: Mapping[str, tuple[str, ...]] = {
    "claims": ("expense claim checking", "transit damage assessment", "complaint routing",
               "returns processing", "warranty claim checking"),
    "freight": ("freight invoice checking", "carrier surcharge checking",
                "customs code assignment", "delivery date confirmation",
                "fuel card reconciliation"),
    "billing": ("meter reading checking", "credit note checking", "payment reminder planning",
                "invoice line pricing", "payroll query sorting"),
    "stores": ("stock count checking", "spare parts cataloguing", "packing list checking",
               "goods receipt checking"),
    "dispatch": ("delivery slot booking", "vehicle inspection planning",
                 "maintenance ticket sorting", "pallet charge calculation",
                 "parcel rate checking"),
    "records": ("lease notice tracking", "renewal date tracking", "retention date tracking"),
    "orders": ("purchase order coding", "order acknowledgement", "supplier invoice matching",
               "supplier inspection checking", "order line pricing"),
    "tariffs": ("price list checking", "discount checking", "quotation pricing",
                "commodity code assignment", "surcharge calculation"),
}  # fmt: skip
"""Department -> what is done in it: whoever is on its roster has one of these duties."""


def trade(draw: Draw) -> str:
    """Return a trade, for example ``Water Services``."""
    return draw.pick(tuple(TRADES))


def product(draw: Draw, trade: str) -> str:
    """Return a line of business of a trade, for example ``pallet storage``."""
    return draw.pick(TRADES[trade].lines)


def duty(draw: Draw, department: str) -> str:
    """Return an ordinary duty of a department."""
    return draw.pick(DUTIES[department])


_ACCOUNTS = ("bank posting", "payables", "stock valuation", "payroll posting")
"""What is done where results are written, beside the firm's lines of business."""


def duties_in(department: str, trade: str) -> list[str]:
    """Return what is done in a department; the accounts keep books and run the firm's lines."""
    return list(DUTIES.get(department, (*TRADES[trade].lines, *_ACCOUNTS)))


def costs(draw: Draw, region: Region) -> str:
    """Return what a year of cover for somebody or something costs, for example ``£43,000``.

    It is what a year of an agency's clerk, of a service contract or of an agent may cost alike.
    """
    return f"{region.sign}{draw.integer(36, 98)},000"
