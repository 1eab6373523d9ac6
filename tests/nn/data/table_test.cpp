#include <doctest/doctest.h>

#include <cmath>

#include "data_fixture.h"

namespace autoglm::nn {
namespace {

using Names = std::vector<std::string>;
using Features = std::vector<float>;

// One row in two is for validation, so small tables have both parts.
DataSpec table(const std::string& path, const std::string& target) {
  return {.path = path, .target = target, .validation = 0.5};
}

DataSpec plain(const std::string& path, const std::string& target) {
  DataSpec spec = table(path, target);
  spec.standardize = false;  // so that stored features are the file's numbers
  return spec;
}

constexpr std::string_view kPeople =
    "age,city,member,income,class\n"
    "31,Rome,true,1e3,b\n"
    ",Oslo,false,2e3,a\n"
    "29,?,TRUE,NA,b\n"
    "44,Rome,False,4e3,a\n";

TEST_CASE("numbers are features, categories one each, in the order of the columns") {
  const DataFolder folder;
  const auto data = open_dataset(plain(folder.write("people.csv", kPeople), "class"));
  CHECK(data->task() == Task::classification);
  CHECK(data->classes() == Names{"a", "b"});
  CHECK(data->outputs() == 2);
  // age, city (missing, Oslo, Rome), member, income
  CHECK(data->sample() == Shape{6});
  CHECK(data->rows() == 4);
  CHECK(features_of(*data, 0) == Features{31, 0, 0, 1, 1, 1000});
  const Features second = features_of(*data, 1);
  CHECK(std::isnan(second[0]));
  CHECK(Features(second.begin() + 1, second.end()) == Features{0, 1, 0, 0, 2000});
  const Features third = features_of(*data, 2);
  CHECK(Features(third.begin(), third.begin() + 5) == Features{29, 1, 0, 0, 1});
  CHECK(std::isnan(third[5]));
  CHECK(data->label(0) == 1);
  CHECK(data->label(1) == 0);
}

TEST_CASE("people are told what the columns were taken for") {
  const DataFolder folder;
  const auto data = open_dataset(plain(folder.write("people.csv", kPeople), "class"));
  Names lines = data->describe();
  CHECK(lines.front().ends_with("people.csv: 4 rows of 6 features, in memory"));
  lines.erase(lines.begin());
  CHECK(lines ==
        Names{"column \"age\": number, 3 different values, 1 missing",
              "column \"city\": category, 2 different values, 1 missing",
              "column \"member\": number, 2 different values, 0 missing",
              "column \"income\": number, 3 different values, 1 missing",
              "target \"class\": classification, 2 classes: \"a\" (2 rows), \"b\" (2 rows)",
              "training 2, validation 2, test 0 rows"});
}

TEST_CASE("the same rows as JSON give the same features") {
  const DataFolder folder;
  const auto csv = open_dataset(plain(folder.write("people.csv", kPeople), "class"));
  const auto json = open_dataset(plain(folder.write("people.jsonl", R"(
{"age": 31, "city": "Rome", "member": true, "income": 1e3, "class": "b"}
{"city": "Oslo", "age": null, "member": false, "income": 2000, "class": "a"}
{"class": "b", "age": 29, "member": true, "note": null}
{"age": 44, "city": "Rome", "member": false, "income": 4e3, "class": "a"}
)"),
                                       "class"));
  CHECK(json->sample() == csv->sample());
  CHECK(json->classes() == csv->classes());
  for (Row row = 0; row < 4; ++row) {
    const Features a = features_of(*csv, row);
    const Features b = features_of(*json, row);
    for (std::size_t i = 0; i < a.size(); ++i) {
      CHECK((a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))));
    }
    CHECK(csv->label(row) == json->label(row));
  }
}

TEST_CASE("a byte order mark, line ends of DOS, tabs and blanks change nothing") {
  const DataFolder folder;
  const auto data = open_dataset(
      plain(folder.write("t.tsv", "\xef\xbb\xbf x \t\"y\"\r\n1\t a \r\n 2 \tb\r\n"), "y"));
  CHECK(data->classes() == Names{"a", "b"});
  CHECK(features_of(*data, 1) == Features{2});
}

TEST_CASE("fields may be separated by another character") {
  const DataFolder folder;
  DataSpec spec = plain(folder.write("t.csv", "x;y\n1;a\n2;b\n"), "y");
  spec.separator = ';';
  CHECK(features_of(*open_dataset(spec), 1) == Features{2});
  spec.separator = 0;
  CHECK(folder.mistake_in(spec) == "t.csv: no column is called \"y\"; there are \"x;y\"");
}

TEST_CASE("without a header columns are called by their numbers") {
  const DataFolder folder;
  DataSpec spec = plain(folder.write("t.csv", "1,5,a\n2,6,b\n"), "2");
  spec.header = false;
  const auto data = open_dataset(spec);
  CHECK(data->rows() == 2);
  CHECK(features_of(*data, 0) == Features{1, 5});
}

TEST_CASE("types can be given, and columns ignored") {
  const DataFolder folder;
  DataSpec spec = plain(folder.write("t.csv", "zip,id,y\n10,u,a\n9,v,b\n10,w,a\n"), "y");
  spec.columns = {{"zip", DataSpec::ColumnType::category}, {"id", DataSpec::ColumnType::ignore}};
  const auto data = open_dataset(spec);
  CHECK(data->sample() == Shape{2});  // "10" and "9", by their bytes
  CHECK(features_of(*data, 1) == Features{0, 1});
}

TEST_CASE("classes that are numbers are ordered as numbers and known by their value") {
  const DataFolder folder;
  const auto data =
      open_dataset(plain(folder.write("t.csv", "x,y\n1,10\n2,9\n3,9.0\n4,-1\n"), "y"));
  CHECK(data->classes() == Names{"-1", "9", "10"});
  CHECK(data->label(1) == data->label(2));
}

TEST_CASE("booleans are classes called as they are written") {
  const DataFolder folder;
  const auto data = open_dataset(plain(folder.write("t.csv", "x,y\n1,true\n2,false\n"), "y"));
  CHECK(data->task() == Task::classification);
  CHECK(data->classes() == Names{"false", "true"});
}

std::string numbers_up_to(int most) {
  std::string text = "x,y\n";
  for (int i = 1; i <= most; ++i) {
    text += std::to_string(i) + "," + std::to_string(i) + "\n";
  }
  return text;
}

TEST_CASE("up to 20 whole numbers are classes, more or others are to be predicted as they are") {
  const DataFolder folder;
  CHECK(open_dataset(plain(folder.write("a.csv", numbers_up_to(20)), "y"))->outputs() == 20);
  const auto many = open_dataset(plain(folder.write("b.csv", numbers_up_to(21)), "y"));
  CHECK(many->task() == Task::regression);
  CHECK(many->outputs() == 1);
  CHECK(many->target(4) == 5);
  const std::string halves = folder.write("c.csv", "x,y\n1,0.5\n2,1.5\n");
  CHECK(open_dataset(plain(halves, "y"))->task() == Task::regression);
  DataSpec spec = plain(halves, "y");
  spec.task = Task::classification;
  CHECK(open_dataset(spec)->classes() == Names{"0.5", "1.5"});
  spec.path = folder.write("d.csv", "x,y\n1,true\n2,false\n");
  spec.task = Task::regression;
  CHECK(open_dataset(spec)->target(0) == 1);
}

TEST_CASE("a column with few texts among many numbers is one of numbers, and the texts are bad") {
  const DataFolder folder;
  std::string bytes = "x,y\n";
  for (int i = 0; i < 18; ++i) {
    bytes += std::to_string(i) + (i % 2 == 0 ? ",a\n" : ",b\n");
  }
  DataSpec spec = plain(folder.write("t.csv", bytes + "oops,a\n7,b\n"), "y");
  CHECK(folder.mistake_in(spec) ==
        "t.csv:20: column \"x\": \"oops\" is not a number; correct it, or say that the column is a "
        "category");
  spec.skip_bad_rows = true;
  const auto data = open_dataset(spec);
  CHECK(data->rows() == 19);
  CHECK(data->describe()[1].find("1 bad row left out, the first: ") == 0);
}

TEST_CASE("bad rows are an error with their place, or left out and counted") {
  const DataFolder folder;
  const std::string good = "x,y\n1,a\n2,b\n";
  const std::pair<std::string, std::string> cases[] = {
      {"3\n",
       "t.csv:4: there are 1 fields, where the header has 2; put a field that holds the "
       "separator in quotes"},
      {"3,a,c\n",
       "t.csv:4: there are 3 fields, where the header has 2; put a field that holds the "
       "separator in quotes"},
      {"inf,a\n", "t.csv:4: column \"x\": \"inf\" is no finite number up to 1e38; correct it"},
      {"3,\n", "t.csv:4: column \"y\": the target is missing; fill it in, or remove the row"},
      {"\xff,a\n", "t.csv:4: byte 1 of the record is no UTF-8; save the file as UTF-8"},
      {"\"3,a\n", "t.csv:4: a quote is opened here and never closed; close it, or write it twice"}};
  for (const auto& [row, mistake] : cases) {
    DataSpec spec = plain(folder.write("t.csv", good + row), "y");
    spec.columns = {{"x", DataSpec::ColumnType::number}};
    CHECK(folder.mistake_in(spec) == mistake);
    spec.skip_bad_rows = true;
    const auto data = open_dataset(spec);
    CHECK(data->rows() == 2);
    CHECK(data->describe()[1].starts_with("1 bad row left out, the first: "));
  }
}

TEST_CASE("a row of empty fields is an error in every table, and not passed over") {
  const DataFolder folder;
  for (const auto& [name, tab] : {std::pair("t.csv", ","), std::pair("t.tsv", "\t")}) {
    std::string bytes = "x,y\n1,a\n2,b\n,\n";
    for (std::size_t at = bytes.find(','); at != std::string::npos; at = bytes.find(',', at + 1)) {
      bytes.replace(at, 1, tab);
    }
    CHECK(folder.mistake_in(plain(folder.write(name, bytes), "y")) ==
          std::string(name) +
              ":4: column \"y\": the target is missing; fill it in, or remove the row");
  }
}

TEST_CASE("bad lines of JSON are an error with their place, or left out and counted") {
  const DataFolder folder;
  const std::string good = "{\"x\":1,\"y\":\"a\"}\n{\"x\":2,\"y\":\"b\"}\n";
  const std::pair<std::string, std::string> cases[] = {
      {"{\"x\":3,\"y\":\"a\"",
       "t.jsonl:3: the line ends within the object; is it one object a line?"},
      {R"({"x":3,"y":"a","x":4})", "t.jsonl:3: the key \"x\" stands twice; remove one"},
      {R"({"x":[3],"y":"a"})",
       "t.jsonl:3: column \"x\": holds an object or an array; ignore the column"},
      {R"({"x":3})",
       "t.jsonl:3: column \"y\": the target is missing; fill it in, or remove the row"}};
  for (const auto& [row, mistake] : cases) {
    DataSpec spec = plain(folder.write("t.jsonl", good + row), "y");
    spec.columns = {{"x", DataSpec::ColumnType::number}};
    CHECK(folder.mistake_in(spec) == mistake);
    spec.skip_bad_rows = true;
    CHECK(open_dataset(spec)->rows() == 2);
  }
}

TEST_CASE("missing values follow the rule that was chosen") {
  const DataFolder folder;
  DataSpec spec = plain(folder.write("t.csv", "x,c,y\n1,u,a\n,u,b\n3,,a\n5,v,b\n"), "y");
  CHECK(open_dataset(spec)->sample() == Shape{4});
  spec.missing_number = DataSpec::MissingNumber::skip_row;
  spec.missing_category = DataSpec::MissingCategory::skip_row;
  const auto data = open_dataset(spec);
  CHECK(data->rows() == 2);
  CHECK(data->describe()[1] == "2 rows left out for a missing value");
  CHECK(data->sample() == Shape{3});
  CHECK(features_of(*data, 1) == Features{5, 0, 1});
  spec.missing_number = DataSpec::MissingNumber::error;
  CHECK(folder.mistake_in(spec) ==
        "t.csv:3: column \"x\": the value is missing; fill it in, or choose how missing values are "
        "replaced");
  spec.missing_number = DataSpec::MissingNumber::zero;
  spec.missing_category = DataSpec::MissingCategory::error;
  CHECK(folder.mistake_in(spec) ==
        "t.csv:4: column \"c\": the value is missing; fill it in, or choose how missing values are "
        "replaced");
}

TEST_CASE("columns of other files are found by their names, and their new categories are none") {
  const DataFolder folder;
  DataSpec spec = plain(folder.write("t.csv", "x,c,y\n1,u,a\n2,v,b\n"), "y");
  spec.validation_path = folder.write("v.csv", "y,extra,c,x\nb,9,w,7\n");
  spec.test_path = folder.write("s.csv", "c,x,y\nu,8,a\nv,9,b\n");
  const auto data = open_dataset(spec);
  const Split split = data->split();
  CHECK(split.training == std::vector<Row>{0, 1});
  CHECK(split.validation == std::vector<Row>{2});
  CHECK(split.test == std::vector<Row>{3, 4});
  CHECK(features_of(*data, 2) == Features{7, 0, 0});
  CHECK(data->label(2) == 1);
  CHECK(features_of(*data, 4) == Features{9, 0, 1});
  const Names lines = data->describe();
  CHECK(lines[1] == "column \"x\": number, 2 different values, 0 missing in the first file");
  CHECK(lines[3].starts_with(
      "1 value that the first file does not have, of no category therefore; the first: "));
  CHECK(lines[3].ends_with("v.csv:2: column \"c\": \"w\""));

  spec.validation_path = folder.write("v.csv", "X,c,y\n1,u,a\n");
  CHECK(folder.mistake_in(spec) ==
        "v.csv: has no column \"x\", which the first file has; rename \"X\"?");
  spec.validation_path = folder.write("v.csv", "x,c,y\n1,u,z\n");
  CHECK(folder.mistake_in(spec) ==
        "v.csv:2: column \"y\": \"z\" is no class of the first file; correct it");
}

TEST_CASE("a class whose rows were all left out is no class") {
  const DataFolder folder;
  DataSpec spec = plain(folder.write("t.csv", "x,y\n1,a\n2,c\n,b\n3,c\n"), "y");
  spec.missing_number = DataSpec::MissingNumber::skip_row;
  const auto data = open_dataset(spec);
  CHECK(data->classes() == Names{"a", "c"});
  CHECK(data->label(1) == 1);
}

TEST_CASE("files that cannot be used say why") {
  const DataFolder folder;
  const auto mistake = [&folder](std::string_view bytes, const std::string& name = "t.csv") {
    return folder.mistake_in(plain(folder.write(name, bytes), "y"));
  };
  CHECK(mistake("") == "t.csv: is empty");
  CHECK(mistake("", "t.jsonl") == "t.jsonl: is empty");
  CHECK(mistake("x,y\n") == "t.csv: holds a header, but no rows");
  CHECK(mistake("x,y\n1,a\n2,a\n") ==
        "t.csv: every row has the class \"a\", and a classification needs two; correct the target, "
        "or set task to regression");
  CHECK(mistake("x,Y\n1,a\n2,b\n") == "t.csv: no column is called \"y\"; did you mean \"Y\"?");
  CHECK(mistake("x,z1\n1,a\n2,b\n") == "t.csv: no column is called \"y\"; there are \"x\", \"z1\"");
  CHECK(mistake("x,yy\n1,a\n2,b\n") == "t.csv: no column is called \"y\"; did you mean \"yy\"?");
  CHECK(mistake("x,y\n1,\n2,?\n") == "t.csv: column \"y\": the target has no value in any row");
  CHECK(mistake("x,y\n,a\n?,b\n") == "t.csv: no column is left to predict \"y\" from");
  CHECK(mistake("x,y,x\n1,a,2\n") == "t.csv:1: two columns are called \"x\"; rename one");
  CHECK(mistake("1,2\n3,4\n") ==
        "t.csv:1: the names of the columns are all numbers; if this is a row already, say that the "
        "file has no header");
  CHECK(mistake("\x1f\x8b\x08") == "t.csv: is compressed by gzip; unpack it with gunzip first");
  CHECK(mistake("\xff\xfex\0,\0") == "t.csv: is UTF-16; save it as UTF-8");
  CHECK(mistake("x,y\n1,a\n2,b\n", "t.txt") ==
        "t.txt: the ending does not tell the format; set format to csv, tsv, jsonl, idx or raw");
  CHECK(folder.mistake_in(plain(folder.path("none.csv"), "y")) ==
        "none.csv: cannot be read: No such file or directory; correct the path");
  CHECK(folder.mistake_in({.path = folder.path(""), .format = DataSpec::Format::csv, .target = "y"})
            .find("is not a regular file") != std::string::npos);
  DataSpec spec = plain(folder.write("t.csv", "x,y\n1\n2\n"), "y");
  spec.skip_bad_rows = true;
  CHECK(folder.mistake_in(spec) == "t.csv: not one of its rows can be read; correct them");
}

TEST_CASE("what a spec asks for and cannot have is told") {
  const DataFolder folder;
  const DataSpec good = plain(folder.write("t.csv", "x,y\n1,a\n2,b\n3,a\n4,b\n"), "y");
  REQUIRE(folder.mistake_in(good).empty());
  const auto mistake = [&](auto change) {
    DataSpec spec = good;
    change(spec);
    return folder.mistake_in(spec);
  };
  CHECK(mistake([](DataSpec& spec) { spec.target = ""; }) ==
        "t.csv: which column is to be predicted? set target to its name");
  CHECK(mistake([](DataSpec& spec) { spec.task = Task::regression; }) ==
        "t.csv: column \"y\": holds categories, and a regression needs numbers; correct it, or set "
        "task to classification");
  CHECK(mistake([](DataSpec& spec) { spec.validation = 0.01; }) ==
        "t.csv: of its 4 rows none is left for validation; choose other shares, fewer folds, or a "
        "file of its own");
  CHECK(mistake([](DataSpec& spec) { spec.folds = 5; }) ==
        "t.csv: of its 4 rows none is left for validation; choose other shares, fewer folds, or a "
        "file of its own");
  CHECK(mistake([](DataSpec& spec) { spec.flip = true; }) ==
        "t.csv: only images are shifted and flipped; set image, or leave them out");
  CHECK(mistake([](DataSpec& spec) { spec.image = {.height = 2, .width = 2}; }) ==
        "t.csv: has 1 features, where an image of 2x2x1 has 4; correct image, or ignore columns");
  CHECK(mistake([](DataSpec& spec) {
          spec.columns = {{"z", DataSpec::ColumnType::ignore}};
        }) == "t.csv: no column is called \"z\"; there are \"x\", \"y\"");
}

TEST_CASE("more categories than a column should have are told") {
  const DataFolder folder;
  std::string bytes = "name,y\n";
  for (int i = 0; i < 1001; ++i) {
    bytes += "n" + std::to_string(i) + (i % 2 == 0 ? ",a\n" : ",b\n");
  }
  CHECK(folder.mistake_in(plain(folder.write("t.csv", bytes), "y")) ==
        "t.csv: column \"name\": there are more than 1000 categories; ignore the column");
}

TEST_CASE("a table of a million columns is read") {
  constexpr int kColumns = 1'000'000;
  const DataFolder folder;
  std::string bytes = "y";
  for (int i = 1; i < kColumns; ++i) {
    bytes += ",c" + std::to_string(i);
  }
  for (const char* const label : {"\na", "\nb", "\na", "\nb"}) {
    bytes += label;
    for (int i = 1; i < kColumns; ++i) {
      bytes += i % 7 == 0 ? ",1.25" : ",3";
    }
  }
  const auto data = open_dataset(table(folder.write("t.csv", bytes), "y"));
  CHECK(data->sample() == Shape{kColumns - 1});
  CHECK(data->describe().size() == 53);
}

TEST_CASE("more columns than can be used are told") {
  const DataFolder folder;
  const std::string header(std::size_t{1} << 20U, ',');
  DataSpec spec = plain(folder.write("t.csv", header + "\n" + header + "\n"), "y");
  CHECK(folder.mistake_in(spec) ==
        "t.csv:1: there are 1048577 columns; at most 1048576 can be used");
}

}  // namespace
}  // namespace autoglm::nn
