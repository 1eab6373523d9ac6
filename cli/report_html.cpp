// The report as one HTML page that needs nothing else: tables, and drawings as SVG.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "cli/report_formats.h"
#include "cli/report_parts.h"
#include "cli/trial_text.h"
#include "cli/xml_text.h"

namespace autoglm {
namespace {

constexpr std::string_view kStyle =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:72em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;margin:1em 0}td,th{padding:.2em .7em;text-align:left;"
    "border-bottom:1px solid #8884}.n{text-align:right;font-variant-numeric:tabular-nums}"
    "svg{overflow:visible}circle{fill:#8888}.front{fill:#06c}polyline{fill:none;stroke:#06c;"
    "stroke-width:1.5}.fails{color:#c00}@media(prefers-color-scheme:dark){body{background:#111;"
    "color:#ddd}}";

struct Point {
  double x = 0;
  double y = 0;
  bool leads = false;  // of the front
};

/// Maps the finite points into a drawing of `width` by `height`.
class Scale {
 public:
  Scale(const std::vector<Point>& points, double width, double height)
      : width_(width), height_(height) {
    for (const Point& point : points) {
      low_.x = std::min(low_.x, point.x);
      high_.x = std::max(high_.x, point.x);
      low_.y = std::min(low_.y, point.y);
      high_.y = std::max(high_.y, point.y);
    }
  }

  double x(const Point& point) const { return width_ * share(point.x, low_.x, high_.x); }
  double y(const Point& point) const { return height_ * (1 - share(point.y, low_.y, high_.y)); }
  const Point& low() const { return low_; }
  const Point& high() const { return high_; }

 private:
  static double share(double value, double low, double high) {
    return high > low ? share_of_range(value, low, high) : 0.5;
  }

  double width_;
  double height_;
  Point low_{.x = HUGE_VAL, .y = HUGE_VAL};
  Point high_{.x = -HUGE_VAL, .y = -HUGE_VAL};
};

std::string line_through(const std::vector<Point>& points, const Scale& scale) {
  std::string text = "<polyline points=\"";
  for (const Point& point : points) {
    text += fmt::format("{:.1f},{:.1f} ", scale.x(point), scale.y(point));
  }
  return text + "\"/>";
}

std::string dots(const std::vector<Point>& points, const Scale& scale) {
  constexpr std::size_t kMostDots = 5000;  // more are a smear, and a slow page
  const std::size_t every = points.size() / kMostDots + 1;
  std::string text;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i % every == 0 || points[i].leads) {
      text += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"{}/>", scale.x(points[i]),
                          scale.y(points[i]), points[i].leads ? 4 : 2.5,
                          points[i].leads ? " class=\"front\"" : "");
    }
  }
  return text;
}

constexpr double kWidth = 640;
constexpr double kHeight = 200;

std::string drawing(const std::vector<Point>& points, const std::string& line,
                    const std::string& title) {
  const Scale scale(points, kWidth, kHeight);
  return fmt::format(
      "<figure><svg width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"img\">"
      "<title>{2}</title>{3}{4}</svg><figcaption>{2}; from {5:.4g} to {6:.4g}</figcaption>"
      "</figure>\n",
      kWidth, kHeight, xml_text(title), dots(points, scale), line, scale.low().y, scale.high().y);
}

/// Each complete trial a dot, and the best so far a line.
std::string history_drawing(const StudyReport& report) {
  std::vector<Point> points;
  std::vector<Point> best;
  for (const Trial& trial : report.trials) {
    if (trial.state != TrialState::complete || trial.values.empty()) {
      continue;
    }
    const auto x = static_cast<double>(trial.number);
    points.push_back({.x = x, .y = trial.values[0]});
    const double value = best.empty() ? trial.values[0] : best.back().y;
    const bool gains = report.objective.cost(0, trial.values[0]) < report.objective.cost(0, value);
    if (best.empty() || gains) {
      if (gains) {
        best.push_back({.x = x, .y = value});
      }
      best.push_back({.x = x, .y = trial.values[0]});
    }
  }
  if (points.size() < 2) {
    return "";
  }
  best.push_back({.x = points.back().x, .y = best.back().y});
  return drawing(points, line_through(best, Scale(points, kWidth, kHeight)),
                 report.objective.metrics()[0].name + " by trial, and the best so far");
}

/// The complete trials by their first two metrics, those of the front marked.
std::string front_drawing(const StudyReport& report) {
  std::vector<Point> points;
  for (const Trial& trial : report.trials) {
    if (trial.state == TrialState::complete && trial.values.size() > 1) {
      points.push_back(
          {.x = trial.values[0],
           .y = trial.values[1],
           .leads = std::binary_search(report.pareto.begin(), report.pareto.end(), trial.number)});
    }
  }
  const auto& metrics = report.objective.metrics();
  return points.size() < 2
             ? ""
             : drawing(points, "", metrics[1].name + " (upwards) by " + metrics[0].name);
}

std::string curve_drawing(const StudyReport& report, const Trial& trial) {
  std::vector<Point> points;
  for (const auto& [step, value] : report.objective.curve(trial)) {
    if (std::isfinite(value)) {
      points.push_back({.x = static_cast<double>(step), .y = value});
    }
  }
  return points.size() < 2 ? ""
                           : fmt::format("<svg width=\"80\" height=\"18\">{}</svg>",
                                         line_through(points, Scale(points, 80, 18)));
}

std::string row_text(const std::vector<std::string>& cells, const char* tag) {
  std::string text = "<tr>";
  for (const std::string& cell : cells) {
    text += fmt::format("<{0}>{1}</{0}>", tag, cell);
  }
  return text + "</tr>\n";
}

std::string grid_text(const StudyReport& report, std::size_t top) {
  const ReportGrid grid = top_trials(report, top, CurveStyle::none);
  if (grid.rows.empty()) {
    return "";
  }
  std::string text = "<table>\n<tr>";
  for (const ReportGrid::Column& column : grid.columns) {
    text +=
        fmt::format("<th{}>{}</th>", column.is_number ? " class=\"n\"" : "", xml_text(column.name));
  }
  text += "<th>curve</th></tr>\n";
  const std::vector<const Trial*> ranked = ranked_trials(report);
  for (std::size_t i = 0; i < grid.rows.size(); ++i) {
    text += "<tr>";
    for (std::size_t j = 0; j < grid.rows[i].size(); ++j) {
      text += fmt::format("<td{}>{}</td>", grid.columns[j].is_number ? " class=\"n\"" : "",
                          xml_text(grid.rows[i][j]));
    }
    text += fmt::format("<td>{}</td></tr>\n", curve_drawing(report, *ranked[i]));
  }
  return text + "</table>\n";
}

std::string best_text(const StudyReport& report) {
  if (!report.best) {
    return "";
  }
  const Trial& best = trial_of(report, *report.best);
  std::string text =
      fmt::format("<p><b>Best:</b> {}{}</p>\n<table>\n", xml_text(result_text(report, best)),
                  xml_text(gain_text(best, report.trials, report.objective)));
  for (const auto& [name, value] : best.configuration) {
    text += row_text({xml_text(name), xml_text(value_text(value))}, "td");
  }
  return text + "</table>\n";
}

std::string checks_text(const StudyReport& report) {
  std::string text = report.checks.empty() ? "" : "<table>\n" + row_text({"", "check", ""}, "th");
  for (const Check& check : report.checks) {
    text += row_text({check.holds ? "holds" : "<b class=\"fails\">fails</b>", xml_text(check.name),
                      xml_text(check.text)},
                     "td");
  }
  return text + (report.checks.empty() ? "" : "</table>\n");
}

std::string failures_text(const StudyReport& report) {
  const std::vector<ReasonCount> reasons = failure_reasons(report);
  std::string text = reasons.empty() ? "" : "<table>\n" + row_text({"failures", "reason"}, "th");
  for (const ReasonCount& reason : reasons) {
    text += row_text({std::to_string(reason.trials), xml_text(reason.reason)}, "td");
  }
  return text + (reasons.empty() ? "" : "</table>\n");
}

}  // namespace

void write_report_html(const StudyReport& report, std::size_t top, const TextSink& sink) {
  const std::string name = xml_text(report.record.name);
  sink(fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"
      "<title>{0}</title><style>{1}</style></head>\n<body>\n<h1>{0}</h1>\n"
      "<p>{2}; {3}</p>\n",
      name, kStyle, xml_text(goals_text(report.objective)), counts_text(report.counts)));
  sink(checks_text(report) + best_text(report));
  sink(report.objective.size() > 1 ? front_drawing(report) : history_drawing(report));
  sink(grid_text(report, top) + failures_text(report) + "</body>\n</html>\n");
}

}  // namespace autoglm
