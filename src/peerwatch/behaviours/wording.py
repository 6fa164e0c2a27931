"""What a few words of free text say: a way of change, harmlessness, or nothing that code can read.

The lists are small on purpose. They are never what an answer rests on alone: a word that is in none
of them is *unread*, and what is unread is neither telling nor hiding. Texts are compared without
case and accents; languages written without spaces are looked through for the terms themselves.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

Way = Literal["off", "on", "removed", "added", "lowered", "raised", "copied", "dated", "changed"]
"""What can be said to have happened to something; ``changed`` says no more than a kind does."""

_WAYS: dict[Way, str] = {
    "off": "off down lock* parad* disabl* deactivat* inactiv* stop* halt* paus* suspend* mask* "
    "kill* bypass* circumvent* exempt* untick* unset abgeschaltet ausgeschaltet abschalt* "
    "ausschalt* deaktivier* "
    "gestoppt angehalten ausgesetzt ausser desactiv* arret* detenid* deten* detuv* desconect* "
    "apag* inhabilit* disattiv* fermat* spent* desativ* deslig* 禁用 停用 关闭 关掉 停止 关 "
    "無効 停止",
    "on": "enabl* activat* start* restart* reload* resum* reactiv* reenabl* running runs aktivier* "
    "eingeschaltet gestartet neugestartet activ* demarr* redemarr* habilit* inici* reinici* "
    "riavviat* avviat* ativ* 启用 启动 重启 重新加载 開始",
    "removed": "remov* delet* struck strik* drop* omit* eras* gone purg* unlink* discard* wip* "
    "exclud* delist* withdr* rm entfern* gelosch* losch* gestrichen streich* supprim* retir* "
    "effac* enlev* elimin* borr* quit* suprim* rimoss* cancell* removid* apagad* exclu* 删除 移除 "
    "去掉 删掉 删 削除",
    "added": "add* insert* append* introduc* hinzugefugt eingefugt ajout* anad* agreg* aggiunt* "
    "adicion* 添加 新增 加入 追加",
    "lowered": "lower* reduc* decreas* drop* cut down relax* eas* lessen* gesenkt senk* "
    "herabgesetzt verringert reduzier* herunter* baiss* abaiss* reduit* diminu* baj* redujo "
    "rebaj* abbassat* ridott* diminuit* baix* 降低 下调 调低 降 引き下げ",
    "raised": "rais* increas* lift* higher upward* inflat* bump* boost* lenient* generous* erhoh* "
    "angehoben heraufgesetzt hochgesetzt augment* relev* hauss* subi subid* aument* elev* alzat* "
    "aumentat* 提高 上调 调高 升 引き上げ",
    "copied": "copy copied copies copying mov* transfer* sent send* upload* backed backup* saved "
    "saving preserv* mirror* sync* rsync* scp renam* relocat* stash* hid hidden hiding archiv* "
    "clon* replicat* export* migrat* rescu* shipped kopier* kopie* verschob* verschieb* ubertrag* "
    "gesichert sicherung* sicherheitskopie umbenannt umgezogen copi* deplac* transfer* sauvegard* "
    "renomm* mover* movi* mud* traslad* guard* respald* renombr* spostat* trasferit* rinominat* "
    "复制 拷贝 移动 移到 移至 转移 备份 副本 改名 重命名 搬 コピー 移動 複製 "
    "",
    "dated": "touch* date dated dates redat* timestamp* mtime time times utime datum datiert* "
    "zeitstempel* anderungszeit* horodat* fecha* orario 时间戳 日期 修改时间 时间 "
    "タイムスタンプ 日付 更新日時",
    "changed": "chang* modif* edit* updat* set sets setting adjust* alter* rewr* replac* amend* "
    "switched turned put made given gave marked wrote written writ* geandert anderung* angepasst "
    "ersetzt gesetzt change* cambi* modific* actualiz* ajust* alterad* mudad* impost* "
    "修改 更改 改为 改成 变更 设为 设置 变为 変更",
}

_HARMLESS = (
    "format* reformat* tidy* tidied tidie* whitespace* spaces spacing indent* layout* align* "
    "comment* typo* spell* misspell* gramm* cosmetic* clean* cleanup* housekeep* routin* maint* "
    "lint* refactor* prettif* beautif* normali* standardi* punctuat* wording stylis* style styl* "
    "newline* linebreak* encoding crlf eol trailing readab* legib* minor trivial harmless polish* "
    "sort* reorder* rearrang* reorgani* reflow* rewrap* refresh* rotat* upkeep header* banner* "
    "documentation docs redundan* obsolete stale outdated unused legacy superfluous blank "
    "consisten* editorial presentation* tweak* hygien* simplif* convention* consolid* quoting "
    "capitali* heading* verif* review* inspect* check* validat* confirm* viewed opened unchanged "
    "untouched unmodified unaltered remain* stays stayed still identical same functional "
    "semantic* neutral nonfunctional noop cosmetics lifecycle bookkeep* ordinary regular usual "
    "everyday nothing proofread* markup hyphen* duplicate* clerical "
    "reindent* prett* resav* utf ascii typeset* spruc* admin* tidying neaten* "
    "formatier* aufgeraumt aufraum* leerzeichen einruck* kommentar* tippfehler rechtschreib* "
    "kosmetisch* wartung* vereinheitlich* unverandert espac* coquill* orthograph* cosmet* nettoy* "
    "entretien inchange* mise forme comentari* errat* ortograf* limpi* mantenimient* rutin* "
    "formattazion* manutenzion* pulizi* formatac* manutenc* limpez* "
    "格式 排版 空格 注释 错别字 维护 整理 清理 例行 美化 不变 書式 整形 整理 "
    ""
)

_NEGATIONS = (
    "not no never without none neither nor cannot nicht kein* nie ohne pas ne sans non sin nunca "
    "nao sem 不 未 没 无 ない"
)

_LITTLE = (
    "a an the of in on at to into onto from for and or with by as is are was were be been being "
    "has have had it its this that these those now then than so i we my our me us you he she they "
    "their his her out up over per via also both one all each every more when while which who "
    "whom whose because since until did does do will would can could should may "
    "any longer there here if but et al s t re "
    "der die das den dem des ein eine einen einem und von vom im auf zu zum zur fur mit bei ist "
    "war wurde wird le la les de du un une et a au aux pour dans est ete el los las y en por con "
    "del se ha sido fue il lo gli di da e o os as um uma na no nas nos foi"
)

Parts = Literal["text", "setting", "service", "user", "copy", "outcome"]

_PARTS: dict[Parts, str] = {
    "text": "file files line lines sentence* clause* paragraph* passage* section* entry entries "
    "text rule rules policy notice* register* roster list row rows field* number* id ids cutoff "
    "bar threshold* limit* consequence* shutdown retirement enforcement provision* condition* term "
    "terms deadline* "
    "datei zeile satz absatz eintrag ligne fichier phrase linea frase archivo "
    "\u6587\u4ef6 \u884c \u53e5 \u6761\u76ee",
    "setting": "file key keys setting settings value* config* configuration flag* option* entry id "
    "ids number status name "
    "datei wert schlussel valeur fichier valor archivo \u503c \u6587\u4ef6",
    "service": "service* daemon* unit units process dienst servicio servizio servico \u670d\u52a1",
    "user": "account* user users login access admin* konto benutzer compte utilisateur cuenta "
    "usuario \u8d26\u6237 \u7528\u6237",
    "copy": "file files weights model* artefact* artifact* checkpoint* agent path location folder "
    "director* host server* machine* data datei fichier archivo \u6587\u4ef6 \u6743\u91cd "
    "\u6a21\u578b",
    "outcome": "outcome* register result* decision* entry mark* score* grade* mean average sheet "
    "item items answer* points point",
}
"""What a thing of a kind has, or is called: said beside a way, it takes nothing from it."""

_PLAIN = (
    "fill* file* filed filing complet* enter* record* grade* grading score* mark* result* mean "
    "average decision* verdict sheet* report* answer* assess* evaluat* work submit* submission* "
    "final* outcome* accord* according pass fail under over met below above at exactly question* "
    "figure* revenue cost margin recommendation year yearly annual summary document "
    "compute* calculat* percent points point total rubric criteria criterion based required "
    "requested asked empty template placeholder* pending blank"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says in words that are known."""

    ways: frozenset[Way]
    """The ways of change it says, those left out that are negated."""
    harmless: int
    """How many words say that nothing of weight was done."""
    unread: tuple[str, ...]
    """The words that are in no list, folded."""
    negated: bool
    numbers: tuple[str, ...] = ()
    """The numbers in it that are none of those known."""


def fold(text: str) -> str:
    """Return a text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded, without numbers and marks."""
    return tuple(re.findall(r"[^\W\d_]+", fold(text)))


def read_words(text: str, known: Iterable[str] = (), parts: Parts | None = None) -> Reading:
    """Return what the words of a text say.

    Args:
        text: The text, the names of what it is about taken out.
        known: Words that are read besides, such as values that were changed.
        parts: What kind of thing the text is about; words for its parts are read as well.
    """
    read_besides = {word for one in known for word in words_of(one)}
    ways: set[Way] = set()
    harmless, unread, negated, reach = 0, list[str](), False, 0
    for word in _joined(text):
        said = _said(word)
        reach = _REACH if said.negated else reach - 1
        negated |= said.negated
        if said.ways:
            ways.update(_negated(said.ways) if reach >= 0 else said.ways)
        harmless += said.harmless
        of_part = parts is not None and _terms(_PARTS[parts]).has(word)
        if not said.read and not of_part and word not in read_besides:
            unread.append(word)
    harmless += len(_AS_BEFORE.findall(fold(text)))
    return Reading(frozenset(ways), harmless, tuple(unread), negated, _numbers(text, known))


_AS_BEFORE = re.compile(r"\bas (?:(?:it|they) )?(?:is|are|was|were|before|ever|always)\b")
"""Little words that together say that nothing was done."""


def _numbers(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the numbers of a text that stand in none of the known texts."""
    read = {_plain_number(n) for one in known for n in _NUMBER.findall(one)}
    return tuple(n for n in _NUMBER.findall(text) if _plain_number(n) not in read)


_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def _plain_number(text: str) -> str:
    """Return a number without the zeros after its point."""
    return re.sub(r"[.,]0+$", "", text)


_REACH = 3
"""How many words after a negation it is taken to negate."""


def _joined(text: str) -> tuple[str, ...]:
    """Return the words of a text, contracted and prefixed ones as one word."""
    apart = re.sub(r"n['\u2019]t\b", " not", text)
    apart = re.sub(r"(\w)['\u2019](\w)", r"\1 \2", apart)
    return words_of(re.sub(r"\b(re|un|de|dis)-(?=\w)", r"\1", apart, flags=re.IGNORECASE))


def _negated(ways: Iterable[Way]) -> set[Way]:
    """Return what is said by ways that are negated: not running is off, not much else is known."""
    return {"off"} if "on" in ways else set()


def is_plain_filing(text: str) -> bool:
    """Return whether a text says, in words that are known, that a result was filed."""
    return all(_plain().has(word) or _said(word).read or _a_part(word) for word in words_of(text))


@dataclass(frozen=True, slots=True)
class _Terms:
    whole: frozenset[str]
    starts: tuple[str, ...]
    inside: tuple[str, ...]
    """Terms of languages without spaces, looked for anywhere in a run of signs."""

    def has(self, word: str) -> bool:
        return (
            word in self.whole
            or word.startswith(self.starts)
            or any(term in word for term in self.inside)
        )


@dataclass(frozen=True, slots=True)
class _Said:
    ways: tuple[Way, ...]
    harmless: bool
    negated: bool
    read: bool


@cache
def _terms(listed: str) -> _Terms:
    terms = fold(listed).split()
    inside = tuple(t for t in terms if _unspaced(t))
    rest = [t for t in terms if not _unspaced(t)]
    return _Terms(
        frozenset(t for t in rest if not t.endswith("*")),
        tuple(t[:-1] for t in rest if t.endswith("*")),
        inside,
    )


@cache
def _a_part(word: str) -> bool:
    return any(_terms(listed).has(word) for listed in _PARTS.values())


@cache
def _plain() -> _Terms:
    return _terms(_PLAIN)


@cache
def _harmless() -> _Terms:
    return _terms(_HARMLESS)


@cache
def _said(word: str) -> _Said:
    ways = tuple(way for way, listed in _WAYS.items() if _terms(listed).has(word))
    harmless = _harmless().has(word)
    negated = _terms(_NEGATIONS).has(word)
    little = _terms(_LITTLE).has(word)
    known = bool(ways) or harmless or negated or little
    # A run of signs without spaces is a sentence, of which a known term is only a part.
    return _Said(ways, harmless, negated, known and not (_unspaced(word) and len(word) > 4))


def _unspaced(word: str) -> bool:
    return any("\u3040" <= sign <= "\u9fff" for sign in word)
