"""Names stop at the front door: what is read, said and listed of a sample speaks in codes."""

import pytest
from sample_toys import HEADER, folder_with, toy_system

from methodology.errors import DataError
from methodology.pseudonyms import is_code, make_key
from methodology.sample import check_sample, describe, read_sample
from methodology.sample.exclusion import AllPlants
from methodology.sample.names import Names, stand_in

SYSTEM = toy_system()
REAL = ("江南钢铁有限公司", "Red Steel Works", "塞北炼铁厂", "天山钢铁集团", "北海特钢", "Blue Iron Ltd")
SECRETS = (*REAL, "江南钢铁", "东城区滨河路", "张小明", "地处上风向", "老厂搬迁中", "13800001234")
EXTRA = "region,works,contact,location,remark"
ROWS = [
    f"{name},{400 + n},{4 + n},{97 + n},I,north,{name},张小明,东城区滨河路,地处上风向"
    for n, name in enumerate(REAL)
]
TABLE = "\n".join((f"{HEADER},{EXTRA}", *ROWS)) + "\n"
SIDECAR = "key: toy.key\nattributes: {location: text}\nignore: [contact, remark]\n"


def folder(tmp_path, table=TABLE, sidecar=SIDECAR):
    if not (tmp_path / "toy.key").exists():
        make_key(tmp_path / "toy.key")
    return folder_with(tmp_path, table, sidecar=sidecar)


def spoken(*things):
    return "\n".join(thing.to_csv() if hasattr(thing, "to_csv") else str(thing) for thing in things)


def assert_silent(text):
    assert [secret for secret in SECRETS if secret.casefold() in text.casefold()] == []


@pytest.mark.parametrize(
    "code",
    ["P01", "P-7", "企业01", "企业A", "甲厂", "A", "12", "No. 3", "1号高炉", "样本-2", "P01.2023", "Ｐ０１"],
)
def test_neutral_codes_name_nobody(code):
    assert is_code(code)


@pytest.mark.parametrize(
    "name",
    ["武钢", "武钢1号", "WISCO", "Red Steel", "某甲钢铁有限公司", "110000346819", "91420100MA", "Bao", ""],
)
def test_everything_else_is_a_name(name):
    assert not is_code(name)


def test_nothing_read_of_a_keyed_sample_holds_a_name_or_free_text(tmp_path):
    exclude = ({"plant": REAL[1], "reason": "idle for most of the year"},)
    place = folder(tmp_path, TABLE.replace(",400,", ",4000,"))
    sample = read_sample(place, SYSTEM, choices=AllPlants(exclude=exclude))
    assert sorted(sample.plants) == sorted({f"P{n:02d}" for n in range(1, 7)} - set(sample.excluded["plant"]))
    assert list(sample.attributes) == ["region"]
    assert len(sample.notes) == 1
    about = describe(place, AllPlantsWithAll(), sample)
    assert_silent(
        spoken(sample.values, sample.states, sample.attributes, sample.excluded, sample.notes, about)
    )


class AllPlantsWithAll(AllPlants):
    population, correction = 0, True


def test_doubts_speak_in_codes_and_give_neither_row_nor_file(tmp_path):
    place = folder(tmp_path, TABLE.replace(",400,", ",4000,").replace("4,97,I", "0,97,I"))
    problems, doubts = check_sample(place, SYSTEM)
    assert problems == []
    assert any(doubt.plant.startswith("P0") for doubt in doubts)
    assert all(doubt.row is None for doubt in doubts if doubt.plant)
    assert_silent(spoken(*doubts))


def test_whoever_holds_the_table_is_told_names_and_rows(tmp_path):
    _, doubts = check_sample(folder(tmp_path, TABLE.replace(",400,", ",4000,")), SYSTEM, named=True)
    (doubt,) = [doubt for doubt in doubts if doubt.plant]
    assert (doubt.plant, doubt.row, doubt.file) == (REAL[0], 2, "plants.csv")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",400,", ",见江南钢铁有限公司年报,"),
        (",north,", ",江南钢铁有限公司,"),
        ("Red Steel Works,401", "江南钢铁有限公司,401"),
        (",I,", ",张小明,"),
        ("plant,process", "plant,江南钢铁能耗,process"),
    ],
)
def test_a_fault_of_a_table_gives_the_row_and_no_name(tmp_path, old, new):
    place = folder(tmp_path, TABLE.replace(old, new, 1))
    with pytest.raises(DataError) as caught:
        read_sample(place, SYSTEM)
    assert "row " in str(caught.value)
    assert_silent(str(caught.value))
    assert any(secret in spoken(*check_sample(place, SYSTEM, named=True)[0]) for secret in SECRETS)


@pytest.mark.parametrize("sidecar", ["", "synthetic: true\n", "title_en: our plants\n"])
def test_names_without_a_key_are_refused_with_three_ways_out(tmp_path, sidecar):
    with pytest.raises(DataError, match="6 of 6 plant ids are no neutral codes") as caught:
        read_sample(
            folder_with(tmp_path, TABLE, sidecar=sidecar + "ignore: [contact, remark, location]\n"), SYSTEM
        )
    assert "workbench key" in str(caught.value)
    assert "public: true" in str(caught.value)
    assert_silent(str(caught.value))


def test_a_table_alone_with_names_is_refused_as_well(tmp_path):
    (tmp_path / "plants.csv").write_text(f"{HEADER}\n武钢,400,4.5,99,I\n", encoding="utf-8", newline="\n")
    problems, _ = check_sample(tmp_path / "plants.csv", SYSTEM)
    assert "1 of 1 plant ids" in spoken(*problems)


def test_a_public_sample_is_read_as_it_is_written(tmp_path):
    sidecar = "public: true\nsource: a yearbook\nignore: [contact, location, remark]\n"
    sample = read_sample(folder_with(tmp_path, TABLE, sidecar=sidecar), SYSTEM)
    assert list(sample.plants) == list(REAL)
    assert list(sample.attributes["works"]) == list(REAL)


@pytest.mark.parametrize(
    "reason",
    [
        "江南钢铁有限公司停产",
        "江南钢铁停产",
        "RED STEEL WORKS is idle",
        "ask 张小明",
        "地处上风向",
        "Ｂｌｕｅ Ｉｒｏｎ idle",
    ],
)
def test_a_reason_that_names_somebody_is_refused_and_not_repeated(tmp_path, reason):
    with pytest.raises(DataError, match="reason 1: names a plant") as caught:
        read_sample(
            folder(tmp_path), SYSTEM, choices=AllPlants(exclude=({"plant": REAL[4], "reason": reason},))
        )
    assert_silent(str(caught.value))


def test_a_plant_that_is_not_there_is_not_repeated_if_it_may_be_a_name(tmp_path):
    exclude = ({"plant": "江南钢铁公司", "reason": "a slip of the pen"},)
    with pytest.raises(DataError, match=r"plant number 1 of `sample\.exclude`") as caught:
        read_sample(folder(tmp_path), SYSTEM, choices=AllPlants(exclude=exclude))
    assert_silent(str(caught.value))


@pytest.mark.parametrize("stratum", ["works=江南钢铁有限公司", "location=东城区滨河路"])
def test_a_stratum_cannot_name_a_plant(tmp_path, stratum):
    with pytest.raises(DataError, match=r"sample\.stratum: names a plant") as caught:
        read_sample(folder(tmp_path), SYSTEM, choices=AllPlants(stratum=stratum))
    assert_silent(str(caught.value))


@pytest.mark.parametrize("key", ["title_zh", "title_en", "source", "note", "status", "licence"])
def test_a_sidecar_that_names_a_plant_is_refused(tmp_path, key):
    with pytest.raises(DataError, match=rf"sample\.yaml, {key}: names a plant") as caught:
        read_sample(folder(tmp_path, sidecar=f"{SIDECAR}{key}: 江南钢铁等六家\n"), SYSTEM)
    assert_silent(str(caught.value))


def test_a_file_that_is_called_like_a_plant_is_refused(tmp_path):
    (tmp_path / "red_steel_works.csv").write_text("x\n", encoding="utf-8", newline="\n")
    with pytest.raises(DataError, match="names of 1 files") as caught:
        read_sample(folder(tmp_path), SYSTEM)
    assert "red_steel" not in str(caught.value)


def test_a_damaged_table_does_not_tell_its_name(tmp_path):
    place = folder(tmp_path, sidecar="key: toy.key\ntable: 江南钢铁.xlsx\n")
    (tmp_path / "江南钢铁.xlsx").write_bytes(b"PK\x03\x04 rubbish")
    with pytest.raises(DataError, match="the table") as caught:
        read_sample(place, SYSTEM)
    assert_silent(str(caught.value))


def test_sheets_and_other_cells_of_a_workbook_stay_unsaid(tmp_path):
    import xlsxwriter

    make_key(tmp_path / "toy.key")
    (tmp_path / "sample.yaml").write_text("key: toy.key\n", encoding="utf-8", newline="\n")
    with xlsxwriter.Workbook(str(tmp_path / "plants.xlsx")) as book:
        for name in ("江南钢铁", "塞北炼铁厂"):
            sheet = book.add_worksheet(name)
            for row, line in enumerate((f"{HEADER}", "填报单位:天山钢铁集团")):
                sheet.write_row(row, 0, line.split(","))
    with pytest.raises(DataError, match="look alike") as caught:
        read_sample(tmp_path, SYSTEM)
    assert_silent(str(caught.value))


def test_codes_are_kept_and_texts_left_out_where_ids_are_codes_already(tmp_path):
    table = TABLE
    for number, name in enumerate(REAL, start=1):
        table = table.replace(f"\n{name},", f"\n企业{number:02d},").replace(f",{name},", ",江南钢铁有限公司,")
    sample = read_sample(folder_with(tmp_path, table, sidecar=SIDECAR.replace("key: toy.key\n", "")), SYSTEM)
    assert sample.plants[0] == "企业01"
    assert_silent(spoken(sample.values, sample.attributes, sample.excluded, sample.notes))


def test_made_up_plants_keep_codes_of_works_and_lose_other_texts(tmp_path):
    made_up = f"{HEADER},works\nP1,400,1,99,I,W01\nP2,401,2,98,II,\n"
    assert (
        "works" in read_sample(folder_with(tmp_path, made_up, sidecar="synthetic: true\n"), SYSTEM).attributes
    )
    named = made_up.replace("W01", "江南钢铁")
    assert (
        "works"
        not in read_sample(folder_with(tmp_path, named, sidecar="synthetic: true\n"), SYSTEM).attributes
    )


def test_a_word_inside_another_word_is_no_name():
    names = Names.of(["Mill Hill", "millet"], ["钢城"])
    assert not stand_in(names, "millimetres of the milleti; 12 钢 城")
    assert stand_in(names, "at MILL  hill.")
    assert stand_in(names, "在钢城的")
    assert stand_in(names, "a (millet) b")


def test_words_of_the_system_are_no_secrets(tmp_path):
    place = folder(tmp_path)
    exclude = ({"plant": "P02", "reason": "north of the river, process energy unknown"},)
    assert len(read_sample(place, SYSTEM, choices=AllPlants(exclude=exclude)).plants) == 5


def test_a_hundred_thousand_texts_are_hidden_in_a_moment(tmp_path):
    from time import process_time

    names = Names.of([f"厂名{n}号钢铁" for n in range(100_000)], [])
    began = process_time()
    for _ in range(200):
        assert names.hide("plant '厂名77号钢铁' stands twice") == "plant '…' stands twice"
    assert process_time() - began < 10
