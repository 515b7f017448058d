"""Drives a report in a real browser: /usr/bin/python3 -m unittest discover -s Tests/ReportBrowser"""
import json
import re
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from browser import ROOT, Page, make_report  # noqa: E402

VIEWS = ["architecture", "flame", "timeline", "roofline", "memory", "startup", "passes", "table"]


class ReportCase(unittest.TestCase):
    """A report of MiniLM with random weights, opened anew for each test."""

    options = {}
    size = (1440, 900)

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.file = make_report(cls.folder.name, **cls.options)
        text = cls.file.read_text(encoding="utf-8")
        found = re.search(r'<script type="application/json" id="report-data">(.*?)</script>', text, re.S)
        cls.data = json.loads(found.group(1))
        cls.steps = cls.data["profile"]["steps"]
        cls.page = Page()
        cls.addClassCleanup(cls.page.close)

    def setUp(self):
        self.page.open(self.file, *self.size)

    def tearDown(self):
        self.assertEqual(self.page.messages(), [], "the console says something")

    def ms(self, step):
        row = self.steps[step]
        return row.get("time", row["median"])

    def selected_rows(self):
        return [int(step) for step in self.page.run(
            "return [...document.querySelectorAll('#table tr.on')].map(row => row.dataset.step)")]

    def column(self, key):
        """The texts of a column of the table, from above."""
        place = self.page.run(
            "const heads = [...document.querySelectorAll('#table thead th')];"
            "return heads.findIndex(head => head.querySelector(`[data-column=${arguments[0]}]`))", key)
        self.assertGreaterEqual(place, 0, f"there is no column {key}")
        return self.page.texts(f"#table tbody td:nth-child({place + 1})")

    def numbers(self, key):
        return [float(text.replace(",", "").rstrip("% ") or 0) for text in self.column(key)]

    def press(self, text, within):
        for button in self.page.all(f"{within} button"):
            if button.text == text:
                return self.page.click(button)
        self.fail(f"no button {text} in {within}")


class WhatItShows(ReportCase):
    def test_every_view_is_drawn(self):
        self.assertEqual(self.page.texts(".notice"), self.page.texts("noscript .notice"))
        for view in VIEWS:
            size = self.page.run(
                "const box = document.getElementById(arguments[0]).getBoundingClientRect();"
                "return box.width * box.height", view)
            self.assertGreater(size, 10_000, view)
        self.assertEqual(len(self.page.all("#table tbody tr")), len(self.steps))
        for selector in ["#architecture .box", "#flame-chart rect", "#timeline-chart .bars",
                         "#roofline-chart .dot", "#memory-chart .buffer", "#startup .phase",
                         "#passes tbody tr", "#passes .remark"]:
            self.assertTrue(self.page.all(selector), selector)

    def test_the_header_says_what_was_measured(self):
        self.assertEqual(self.page.one("h1").text, "MiniLM")
        subject = self.page.one("#subject").text
        self.assertIn("batch = 1, tokens = 128", subject)
        self.assertIn("10 runs", subject)
        figures = dict(zip(self.page.texts("#figures dt"), self.page.texts("#figures .value")))
        runs = sorted(self.data["runs"])
        middle = (runs[4] + runs[5]) / 2
        self.assertAlmostEqual(float(figures["Median run"]), middle, delta=0.006 * middle)

    def test_widths_of_the_flame_graph_are_times(self):
        widths = self.page.run(
            "return [...document.querySelectorAll('#flame-chart .flame-step')].map(part =>"
            " [part.getAttribute('data-step'), Number(part.querySelector('rect').getAttribute('width'))])")
        total = sum(self.ms(i) for i in range(len(self.steps)))
        width = float(self.page.one("#flame-chart svg").get_attribute("width"))
        wide = [(int(step), size) for step, size in widths if size > 20]
        self.assertTrue(wide)
        for step, size in wide:
            self.assertAlmostEqual(size, width * self.ms(step) / total, delta=2, msg=str(step))

    def test_dots_stand_where_their_numbers_say(self):
        dots = self.page.run(
            "return [...document.querySelectorAll('#roofline-chart .dot')].map(dot =>"
            " [Number(dot.dataset.step), Number(dot.getAttribute('cx')), Number(dot.getAttribute('cy'))])")
        self.assertGreater(len(dots), 20)
        by_intensity = sorted(dots, key=lambda dot: self.steps[dot[0]]["flops"] / self.steps[dot[0]]["bytes"])
        xs = [dot[1] for dot in by_intensity]
        self.assertEqual([round(x, 3) for x in xs], [round(x, 3) for x in sorted(xs)])
        by_speed = sorted(dots, key=lambda dot: self.steps[dot[0]]["flops"] / self.ms(dot[0]))
        ys = [dot[2] for dot in by_speed]
        self.assertEqual([round(y, 3) for y in ys], [round(y, 3) for y in sorted(ys, reverse=True)])

    def test_hovering_tells_layer_op_line_time_and_speed(self):
        step = next(i for i, row in enumerate(self.steps) if row["op"] == "attention")
        self.page.hover(self.page.one(f"#flame-chart [data-step='{step}'] rect"))
        tip = self.page.one("#tooltip")
        self.assertTrue(tip.is_displayed())
        row = self.steps[step]
        name = row["lines"][0]["file"].split("/")[-1]
        for word in [row["op"], row["layer"], f"{name}:{row['lines'][0]['line']}", "GFLOP/s"]:
            self.assertIn(word, tip.text)
        self.assertRegex(tip.text, r"[\d.]+ [mµ]s, [\d.]+ %")


class Linking(ReportCase):
    def marked(self):
        return self.page.run("""
          const steps = (selector) => [...document.querySelectorAll(selector)].map(e => Number(e.dataset.step));
          return {
            boxes: [...document.querySelectorAll('#architecture .box.on')].map(e => Number(e.id.slice(5))),
            flame: steps('#flame-chart .flame-step.on'),
            dots: steps('#roofline-chart .dot.on'),
            bars: document.querySelectorAll('#timeline-chart .bars-on path').length,
            inspector: document.getElementById('inspector').hidden ? '' : document.getElementById('inspector').textContent,
          }""")

    def test_a_click_on_a_box_shows_its_steps_everywhere(self):
        box = next(box for box in self.page.all("#architecture .box")
                   if self.steps[int(box.get_attribute("id")[5:])]["op"] == "attention")
        drawn = int(box.get_attribute("id")[5:])
        expected = [i for i, row in enumerate(self.steps) if row["op"] == "attention"]
        self.page.click(box.find_element("css selector", "text"))
        self.assertEqual(self.selected_rows(), expected)
        marked = self.marked()
        self.assertIn(drawn, marked["boxes"])
        self.assertEqual(sorted(marked["flame"]), expected)
        self.assertEqual(sorted(marked["dots"]), expected)
        self.assertGreater(marked["bars"], 0)
        self.assertIn("attention", marked["inspector"])
        self.assertIn("GFLOP/s", marked["inspector"])
        self.page.click(box.find_element("css selector", "text"))
        self.assertEqual(self.selected_rows(), [], "a second click lets go")

    def test_a_click_on_a_row_marks_its_box_and_dot(self):
        step = next(i for i, row in enumerate(self.steps) if row["op"] == "attention")
        self.page.click(self.page.one(f"#table tr[data-step='{step}'] .pick"))
        marked = self.marked()
        self.assertEqual(self.selected_rows(), [step])
        self.assertEqual(marked["flame"], [step])
        self.assertEqual(marked["dots"], [step])
        self.assertEqual(len(marked["boxes"]), 1)
        self.assertEqual(self.steps[marked["boxes"][0]]["op"], "attention")
        self.press("Clear", "#inspector")
        self.assertEqual(self.selected_rows(), [])
        self.assertEqual(self.marked()["inspector"], "")

    def test_a_click_on_a_layer_of_the_flame_graph_selects_all_that_is_in_it(self):
        layer = next(part for part in self.page.all("#flame-chart .flame-layer")
                     if part.text.startswith("layer 2"))
        self.page.click(layer.find_element("css selector", "rect"))
        expected = [i for i, row in enumerate(self.steps) if row["layer"].startswith("encoder.layer.2.")]
        self.assertEqual(self.selected_rows(), expected)

    def test_a_click_on_a_dot_and_on_a_buffer(self):
        dot = self.page.all("#roofline-chart .dot")[-1]
        self.page.click(dot)
        self.assertEqual(len(self.selected_rows()), 1)
        buffer = self.page.all("#memory-chart .buffer")[3]
        self.page.click(buffer)
        self.assertEqual(len(self.selected_rows()), 1)

    def test_a_click_on_a_bar_of_the_timeline(self):
        picture = self.page.one("#timeline-chart .lane-back")
        self.page.click(picture)
        self.assertEqual(len(self.selected_rows()), 1)

    def test_dragging_over_the_timeline_shows_a_part(self):
        ticks = "#timeline-chart text.tick[text-anchor=middle]"
        before = self.page.texts(ticks)
        self.page.drag(self.page.one("#timeline-chart svg"), 0.5, 0.7)
        after = self.page.texts(ticks)
        self.assertNotEqual(before, after)
        self.assertGreater(float(after[0].split()[0]), 0)
        self.press("All", "#timeline")
        self.assertEqual(self.page.texts(ticks), before)

    def test_the_legend_selects_a_kind(self):
        for button in self.page.all("#kinds button"):
            if button.text.startswith("normalization"):
                self.page.click(button)
        expected = [i for i, row in enumerate(self.steps) if row["category"] == "normalization"]
        self.assertEqual(self.selected_rows(), expected)

    def test_a_remark_selects_what_came_of_it(self):
        remark = next(each for each in self.page.all("#passes .remark button") if "gelu" in each.text)
        self.page.click(remark)
        rows = self.selected_rows()
        self.assertTrue(rows)
        self.assertTrue(all("intermediate" in self.steps[row]["layer"] for row in rows), rows)


class Table(ReportCase):
    def sort(self, key):
        self.page.click(self.page.one(f"#table [data-column={key}]"))

    def test_sorting_by_time_and_back(self):
        self.sort("ms")
        expected = sorted((self.ms(i) for i in range(len(self.steps))), reverse=True)
        self.assertEqual(self.numbers("ms"), [round(ms, 3) for ms in expected])
        self.assertEqual(self.page.one("#table th[aria-sort=descending]").text.split()[0], "ms")
        self.sort("ms")
        self.assertEqual(self.numbers("ms"), [round(ms, 3) for ms in reversed(expected)])
        self.assertEqual(len(self.page.all("#table th[aria-sort=ascending]")), 1)
        self.sort("index")
        self.sort("index")
        self.assertEqual(self.numbers("index"), list(range(len(self.steps))))

    def test_sorting_by_a_word(self):
        self.sort("name")
        names = self.column("name")
        self.assertEqual(names, sorted(names))

    def test_searching(self):
        field = self.page.one("#search")
        field.send_keys("layer.3 LINEAR")
        expected = [i for i, row in enumerate(self.steps)
                    if "layer.3" in row["layer"] and "linear" in row["op"]]
        self.assertTrue(expected)
        self.assertEqual(self.numbers("index"), expected)
        self.assertEqual(self.page.one("#table output").text, f"{len(expected)} of {len(self.steps)} steps")
        field.send_keys(" nosuchthing")
        self.assertEqual(self.page.texts("#table tbody tr"), ["Nothing has 'layer.3 LINEAR nosuchthing' in it."])
        field.clear()
        field.send_keys(" ")
        self.assertEqual(len(self.page.all("#table tbody tr")), len(self.steps))

    def test_grouping_adds_up(self):
        total = sum(self.ms(i) for i in range(len(self.steps)))
        for grouping in ["Op", "Line", "Kind"]:
            self.press(grouping, "#table .choices")
            times = self.numbers("ms")
            self.assertLess(len(times), len(self.steps))
            self.assertAlmostEqual(sum(times), total, delta=0.001 * len(times))
            self.assertEqual(times, sorted(times, reverse=True), grouping)
            self.assertEqual(sum(self.numbers("calls")), len(self.steps))

    def test_layers_open_and_close(self):
        self.press("Layer", "#table .choices")
        rows = len(self.page.all("#table tbody tr"))
        self.assertEqual(self.column("name")[0].strip(), "MiniLM")
        toggle = self.page.all("#table .toggle[aria-expanded=true]")[1]
        self.page.click(toggle)
        self.assertLess(len(self.page.all("#table tbody tr")), rows)
        self.assertEqual(len(self.page.all("#table .toggle[aria-expanded=false]")), 1)


class Looks(ReportCase):
    def colors(self):
        """The colours of the page's ground, of a panel and of the words, as (r, g, b)."""
        found = self.page.run(
            "const style = (e) => getComputedStyle(e);"
            "return [style(document.body).backgroundColor, style(document.querySelector('.panel')).backgroundColor,"
            " style(document.body).color]")
        return [tuple(float(part) for part in re.findall(r"[\d.]+", color)[:3]) for color in found]

    @staticmethod
    def contrast(one, other):
        """As WCAG 2 defines it."""
        def light(color):
            parts = [part / 255 for part in color]
            parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        high, low = sorted([light(one), light(other)], reverse=True)
        return (high + 0.05) / (low + 0.05)

    def test_the_button_changes_the_theme(self):
        ground, panel, words = self.colors()
        self.assertGreater(min(ground), 230)
        self.assertGreater(self.contrast(panel, words), 7)
        self.page.click(self.page.one("#theme"))
        ground, panel, words = self.colors()
        self.assertLess(max(ground), 40)
        self.assertGreater(self.contrast(panel, words), 7)
        self.assertEqual(self.page.one("#theme").text, "Light")
        self.page.click(self.page.one("#theme"))
        self.assertGreater(min(self.colors()[0]), 230)

    def test_the_page_follows_the_device(self):
        self.page.media(dark=True)
        self.page.settle()
        self.assertLess(max(self.colors()[0]), 40)
        self.assertEqual(self.page.one("#theme").text, "Light")

    def test_nothing_sticks_out_on_a_phone(self):
        for width in [360, 412, 768, 1024]:
            self.page.open(self.file, width, 780)
            self.assertEqual(self.page.run("return document.documentElement.scrollWidth"), width)
            out = self.page.run("""
              return [...document.querySelectorAll('body *')].filter((e) =>
                e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, .drawing, #places'))
                .map((e) => e.outerHTML.slice(0, 80))""")
            self.assertEqual(out, [], f"at {width}")
        self.page.open(self.file, 360, 780)
        self.page.click(self.page.one("#table .pick"))
        box = self.page.one("#inspector").rect
        self.assertLessEqual(box["x"] + box["width"], 360)
        self.assertGreaterEqual(box["x"], 0)

    def test_paper_gets_no_controls(self):
        self.page.click(self.page.one("#theme"))
        self.page.media(kind="print")
        self.page.settle()
        for selector in ["#theme", "#places", "#table .tools", "#timeline .choices"]:
            self.assertFalse(self.page.one(selector).is_displayed(), selector)
        self.assertGreater(min(self.colors()[0]), 230, "dark pages print light")
        self.assertTrue(self.page.one("#table tbody tr").is_displayed())


class WithoutAPointer(ReportCase):
    def keys(self, element, *keys):
        self.page.run("arguments[0].focus()", element)
        for key in keys:
            element.send_keys(key)

    def test_arrows_go_from_step_to_step(self):
        right, left, home, end, escape = "\ue014", "\ue012", "\ue011", "\ue010", "\ue00c"
        for chart in ["#flame-chart", "#timeline-chart", "#roofline-chart", "#memory-chart"]:
            host = self.page.one(chart)
            self.keys(host, home, right, right)
            self.assertEqual(self.selected_rows(), [2], chart)
            self.keys(host, left)
            self.assertEqual(self.selected_rows(), [1])
            self.assertIn(self.steps[1]["op"], self.page.one("#announcer").get_attribute("textContent"))
            self.keys(host, end)
            self.assertEqual(self.selected_rows(), [len(self.steps) - 1])
            self.keys(host, escape)
            self.assertEqual(self.selected_rows(), [])

    def test_a_box_is_a_button(self):
        box = self.page.one("#architecture .box")
        step = int(box.get_attribute("id")[5:])
        self.keys(box, "\ue007")
        self.assertIn(step, self.selected_rows())

    def test_everything_has_a_name(self):
        nameless = self.page.run("""
          return [...document.querySelectorAll('button, input, [tabindex], [role=img], [role=button], [role=region]')]
            .filter((e) => e.getClientRects().length > 0)
            .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim()))
            .map((e) => e.outerHTML.slice(0, 120))""")
        self.assertEqual(nameless, [])

    def test_tab_goes_through_the_page(self):
        self.page.run("document.body.focus()")
        seen = set()
        for _ in range(60):
            self.page.driver.switch_to.active_element.send_keys("\ue004")
            seen.add(self.page.run("return document.activeElement.closest('section, header, .skip')?.id ?? ''"))
        self.assertLessEqual({"architecture"}, seen)


class Alone(ReportCase):
    def test_it_asks_for_nothing_and_says_nothing(self):
        self.page.requests()
        self.page.open(self.file)
        for button in self.page.all("#table .choices button"):
            self.page.click(button)
        self.page.click(self.page.one("#theme"))
        asked = [url for url in self.page.requests() if not url.startswith("data:")]
        self.assertEqual(asked, [self.file.as_uri()])
        self.assertEqual(self.page.messages(), [])

    def test_the_policy_holds(self):
        answer = self.page.driver.execute_async_script("""
          const done = arguments[0];
          const script = document.createElement('script');
          script.textContent = 'window.broken = true';
          document.body.append(script);
          fetch('http://127.0.0.1:9/').then(() => done('sent'), () => done('refused'));""")
        self.assertEqual(answer, "refused")
        self.assertIsNone(self.page.run("return window.broken ?? null"))
        messages = self.page.messages()
        self.assertTrue(any("script-src" in message for message in messages), messages)
        self.assertTrue(any("connect-src" in message or "default-src" in message for message in messages), messages)


class StrangeNames(ReportCase):
    """A file's name may hold anything; none of it becomes a part of the page."""

    name = "x<img src=y onerror=broken()><b>.weft"

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            graphs = Path(folder) / "</script>"
            graphs.parent.mkdir()
            shutil.copytree(ROOT / "Graphs", graphs)
            graph = graphs / cls.name
            (graphs / "minilm.weft").rename(graph)
            cls.options = {"graph": graph, "runs": 2, "bind": "batch=1,tokens=4"}
            super().setUpClass()

    def test_they_are_words(self):
        self.assertIn(f"{self.name}:28", self.column("line"))
        self.assertEqual(self.page.all("img, #table b"), [])


class ManyLayers(ReportCase):
    """A model of 96 layers: hundreds of steps."""

    options = {
        "bind": "batch=1,tokens=8", "runs": 3,
        "options": ["--set", "layers=96", "--set", "width=32", "--set", "heads=4", "--set",
                    "vocabulary=100"]}

    def test_the_table_grows_when_asked(self):
        self.assertGreater(len(self.steps), 600)
        self.assertEqual(len(self.page.all("#table tbody tr")), 250)
        self.press(f"Show all {len(self.steps)} rows", "#table")
        self.assertEqual(len(self.page.all("#table tbody tr")), len(self.steps))

    def test_the_last_step_is_found(self):
        chart = self.page.one("#flame-chart")
        self.page.run("arguments[0].focus()", chart)
        chart.send_keys("\ue010")
        last = len(self.steps) - 1
        self.assertEqual(self.selected_rows(), [last])
        inside = self.page.run("""
          const row = document.querySelector('#table tr.on').getBoundingClientRect();
          const view = document.querySelector('#table .rows').getBoundingClientRect();
          return row.top >= view.top && row.bottom <= view.bottom + 1""")
        self.assertTrue(inside)

    def test_the_page_stays_small(self):
        self.assertLess(self.file.stat().st_size, 3_000_000)


if __name__ == "__main__":
    unittest.main()
