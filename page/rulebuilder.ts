// The visual builder of rules: the same rule as a form beside its text. The server reads both (data-check)
// and is the only one that knows the language; here is only the tree that it gives and takes (rule.Node).

import { type Choice, type Field, type Parent, type Reading, type RuleNode, type Span, type Words } from "./rulenode/node";
import { choicesOf, comparisons, make, note, operate, operators, operatorWord, ownScope, parts, subjectOf, units } from "./rulenode/node";

const pause = 350; // ms of quiet after which what was typed is read

class Builder {
  private words: Words;
  private area: HTMLTextAreaElement;
  private place: HTMLElement;
  private root: RuleNode = { op: "and", nodes: [] };
  private waiting = 0;
  private asked = 0; // the newest question: older answers are late
  private seen: string; // the text that the form shows

  constructor(private home: HTMLElement) {
    const words = home.dataset.words ? document.getElementById(home.dataset.words) : home.querySelector(".rule-words");
    this.words = JSON.parse(words!.textContent!) as Words;
    this.area = home.querySelector("textarea")!;
    this.place = home.querySelector(".rule-form")!;
    this.place.hidden = false;
    this.seen = this.area.value;
    this.area.addEventListener("input", () => this.later(() => void this.readText()));
    home.querySelector(".rule-wrong button")!.addEventListener("click", () => this.goThere());
    this.render();
    void this.readText();
  }

  private say(key: string): string {
    return this.words.labels[key] ?? key;
  }

  private later(work: () => void) {
    window.clearTimeout(this.waiting);
    this.waiting = window.setTimeout(work, pause);
  }

  // ask lets the server read the rule; null if a newer question was asked meanwhile.
  private async ask(body: { text?: string; form?: RuleNode }): Promise<Reading | null> {
    const number = ++this.asked;
    try {
      const response = await fetch(this.home.dataset.check!, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      if (!response.ok || number !== this.asked) return null;
      return (await response.json()) as Reading;
    } catch {
      document.dispatchEvent(new Event("htmx:sendError"));
      return null;
    }
  }

  private async readText() {
    const text = this.area.value;
    const reading = await this.ask({ text });
    if (!reading) return;
    this.tell(reading);
    if (reading.fault) return;
    this.seen = text;
    this.announce(reading);
    const form = reading.form;
    if (!form) this.root = { op: "and", nodes: [] };
    else this.root = form.op === "and" || form.op === "or" ? form : { op: "and", nodes: [form] };
    this.render();
  }

  private async readForm() {
    const form = this.root.nodes!.length > 0 ? this.root : undefined;
    const reading = await this.ask(form ? { form } : { text: "" });
    if (!reading) return;
    this.tell(reading);
    if (reading.fault) return;
    this.area.value = this.seen = form ? reading.text : "";
    this.announce(reading);
    this.area.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // announce lets a page say the rule elsewhere, too.
  private announce(reading: Reading) {
    this.home.dispatchEvent(new CustomEvent("rule:read", { bubbles: true, detail: reading.sentence }));
  }

  private tell(reading: Reading) {
    const wrong = this.home.querySelector<HTMLElement>(".rule-wrong")!;
    const there = wrong.querySelector("button")!;
    const fault = reading.fault;
    wrong.hidden = !fault;
    wrong.querySelector("span")!.textContent = fault?.words ?? "";
    there.hidden = !fault?.line || fault.path !== undefined;
    there.dataset.line = String(fault?.line ?? 0);
    there.dataset.column = String(fault?.column ?? 0);
    this.area.setAttribute("aria-invalid", String(fault !== undefined && fault.path === undefined));
    this.home.querySelector(".rule-sentence")!.textContent = fault ? "" : reading.sentence;
    this.home.querySelector(".rule-count")!.textContent = fault ? "" : reading.count;
    this.place.inert = fault !== undefined && fault.path === undefined; // it shows another rule than the text
    this.place.querySelectorAll("[data-wrong]").forEach((row) => row.removeAttribute("data-wrong"));
    if (fault?.path !== undefined) this.place.querySelector(`[data-path="${fault.path}"]`)?.setAttribute("data-wrong", "");
  }

  // goThere puts the cursor where the mistake is; the server counts characters, the field counts UTF-16 units.
  private goThere() {
    const { line, column } = this.home.querySelector<HTMLElement>(".rule-wrong button")!.dataset;
    const lines = this.area.value.split("\n");
    const before = lines.slice(0, Number(line) - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const at = before + [...(lines[Number(line) - 1] ?? "")].slice(0, Number(column) - 1).join("").length;
    this.area.focus();
    this.area.setSelectionRange(at, Math.min(at + 1, this.area.value.length));
  }

  // changed is after every change by hand; shape tells whether other fields are needed now.
  private changed(shape: boolean) {
    if (shape) this.render();
    this.later(() => void this.readForm());
  }

  private render() {
    const focus = (document.activeElement as HTMLElement | null)?.dataset.key;
    this.place.replaceChildren(this.group(this.root, "", null));
    if (focus) this.place.querySelector<HTMLElement>(`[data-key="${focus}"]`)?.focus();
  }

  private group(node: RuleNode, path: string, parent: Parent | null): HTMLElement {
    const box = make("fieldset", { className: "rule-group" });
    box.append(make("legend", { className: "sr", textContent: this.say("group") }));
    const head = make("div", { className: "rule-head" });
    if (parent) head.append(this.not(parent, path));
    head.append(
      this.select(path + "op", this.say("group"), [{ value: "and", label: this.say("all") }, { value: "or", label: this.say("any") }], node.op, (op) => {
        node.op = op;
        this.changed(false);
      }),
    );
    if (parent) head.append(this.remove(parent, path));
    box.append(head);
    const kids = node.nodes!;
    if (kids.length === 0) box.append(make("p", { className: "faint small", textContent: this.say("empty") }));
    kids.forEach((kid, i) => {
      const here = `${path === "" ? "" : path + "."}nodes[${i}]`;
      const denied = kid.op === "not";
      const inner = denied ? kid.nodes![0]! : kid;
      const at: Parent = { nodes: kids, index: i, denied };
      const its = denied ? here + ".nodes[0]" : here;
      box.append(inner.nodes ? this.group(inner, its, at) : this.condition(inner, its, at));
    });
    const acts = make("div", { className: "rule-head" });
    acts.append(
      this.button(path + "add", this.say("add"), () => this.grow(kids, { op: "in", field: this.words.fields[0]!.name, texts: [] })),
      this.button(path + "group", this.say("add_group"), () => this.grow(kids, { op: node.op === "and" ? "or" : "and", nodes: [] })),
    );
    box.append(acts);
    return box;
  }

  private grow(kids: RuleNode[], node: RuleNode) {
    kids.push(node.field ? this.fresh("f:" + node.field) : node);
    if (node.nodes) node.nodes.push(this.fresh("f:" + this.words.fields[0]!.name));
    this.changed(true);
  }

  private not(at: Parent, path: string): HTMLElement {
    const label = make("label", { className: "rule-not" });
    const box = make("input", { type: "checkbox", checked: at.denied });
    box.dataset.key = path + "not";
    box.addEventListener("change", () => {
      const now = at.nodes[at.index]!;
      at.nodes[at.index] = at.denied ? now.nodes![0]! : { op: "not", nodes: [now] };
      this.changed(true);
    });
    label.append(box, this.say("not"));
    return label;
  }

  private remove(at: Parent, path: string): HTMLElement {
    const button = this.button(path + "remove", "×", () => {
      at.nodes.splice(at.index, 1);
      this.changed(true);
    });
    button.classList.add("end");
    button.setAttribute("aria-label", this.say("remove"));
    button.title = this.say("remove");
    return button;
  }

  private condition(node: RuleNode, path: string, at: Parent): HTMLElement {
    const row = make("div", { className: "rule-row" });
    row.dataset.path = path;
    row.append(this.subject(node, path, at), ...this.rest(node, path), this.not(at, path), this.remove(at, path));
    return row;
  }

  // subject is what a condition is about: a field, or behaviour.
  private subject(node: RuleNode, path: string, at: Parent): HTMLElement {
    const select = make("select", {});
    select.dataset.key = path + "subject";
    select.setAttribute("aria-label", this.say("subject"));
    const attributes = make("optgroup", { label: this.say(this.words.own ? "properties" : "attributes") });
    attributes.append(...this.words.fields.map((f) => new Option(f.label, "f:" + f.name)));
    if (this.words.own) attributes.append(new Option(this.say("own"), "f:" + ownScope));
    const behaviour = make("optgroup", { label: this.say("behaviour") });
    behaviour.append(...["event", "followed", "active", "silent"].map((b) => new Option(this.say(b), "b:" + b)));
    if (this.words.behaviour) select.append(behaviour);
    select.append(attributes, new Option(this.say("everyone"), "b:true"), new Option(this.say("nobody"), "b:false"));
    select.value = this.isOwn(node) ? "f:" + ownScope : subjectOf(node);
    select.addEventListener("change", () => {
      const next = this.fresh(select.value);
      at.nodes[at.index] = at.denied ? { op: "not", nodes: [next] } : next;
      this.changed(true);
    });
    return select;
  }

  // fresh is a condition about something, ready to be filled in.
  private fresh(subject: string): RuleNode {
    const month = (): Span => ({ n: 30, unit: "days" });
    const kind = this.words.kinds[0]?.value ?? "page_view";
    switch (subject) {
      case "b:event":
        return { op: "did", kind, window: month() };
      case "b:followed":
        return { op: "followed", kind, later: this.words.kinds[1]?.value ?? kind, within: month(), window: month() };
      case "b:active":
      case "b:silent":
      case "b:true":
      case "b:false":
        return subject === "b:true" || subject === "b:false" ? { op: subject.slice(2) } : { op: subject.slice(2), window: month() };
    }
    const field = this.field(subject.slice(2));
    const node: RuleNode = { op: "", field: field.name };
    operate(node, this.operatorsOf(field)[0]!);
    this.fill(node, field);
    return node;
  }

  private field(name: string): Field {
    const own = this.words.own ? "own" : "text";
    return this.words.fields.find((f) => f.name === name) ?? { name, label: name, type: own };
  }

  // fieldOf is the field of a condition; a number of an event that is asked as a text is one.
  private fieldOf(node: RuleNode): Field {
    const field = this.field(node.field ?? "");
    return field.type === "amount" && node.texts ? { ...field, type: "text" } : field;
  }

  private isOwn(node: RuleNode): boolean {
    return this.words.own && node.field !== undefined && !this.words.fields.some((f) => f.name === node.field);
  }

  private operatorsOf(field: Field): string[] {
    return operators[field.values ? (field.open ? "open" : "choice") : field.type] ?? operators.text!;
  }

  // fill gives a condition the values that its operator takes, and no others.
  private fill(node: RuleNode, field: Field) {
    const texts = node.texts ?? [];
    const numbers = node.numbers ?? [];
    delete node.texts;
    delete node.numbers;
    if (["is", "past", "known"].includes(node.op)) {
      delete node.window;
      return;
    }
    if (node.op === "within" || node.op === "ahead") {
      node.window ??= { n: 30, unit: "days" };
      return;
    }
    delete node.window;
    if (node.op === "number" || field.type === "int" || field.type === "points") {
      node.numbers = node.op === "in" ? (numbers.length > 0 ? numbers : [0]) : [numbers[0] ?? 0];
      return;
    }
    const first = texts[0] ?? field.values?.[0]?.value ?? "";
    node.texts = node.op === "in" ? (texts.length > 0 ? texts : [first]) : [first];
  }

  private rest(node: RuleNode, path: string): HTMLElement[] {
    switch (node.op) {
      case "true":
      case "false":
        return [];
      case "did":
      case "count":
        return [this.kinds(node, "kind", path), ...this.times(node, path), ...this.period(node, path)];
      case "followed":
        return [
          this.kinds(node, "kind", path),
          note(this.say("within_after")),
          ...this.span(node, "within", path),
          this.kinds(node, "later", path),
          note(this.say("in_last")),
          ...this.span(node, "window", path),
        ];
      case "active":
      case "silent":
        return [note(this.say("in_last")), ...this.span(node, "window", path)];
    }
    const field = this.fieldOf(node);
    const list = this.operatorsOf(field);
    const chosen = node.op === "number" ? "n:" + node.compare : node.op;
    const choices = (list.includes(chosen) ? list : [chosen, ...list]).map((op) => ({ value: op, label: this.operatorLabel(op) }));
    const operator = this.select(path + "op", this.say("operator"), choices, chosen, (op) => {
      operate(node, op);
      this.fill(node, field);
      this.changed(true);
    });
    const name = this.isOwn(node) ? [this.ownName(node, path)] : [];
    return [...name, operator, ...this.values(node, field, path)];
  }

  private operatorLabel(op: string): string {
    const plain = op.replace("n:", "");
    return this.say("op." + (operatorWord[plain] ?? plain));
  }

  // ownName is the field for the name of a property that has no words.
  private ownName(node: RuleNode, path: string): HTMLElement {
    const field = make("input", { value: node.field!.slice(ownScope.length), placeholder: this.say("own_name"), maxLength: 100 });
    field.dataset.key = path + "own";
    field.setAttribute("aria-label", this.say("own_name"));
    field.addEventListener("input", () => {
      node.field = ownScope + field.value.trim();
      this.changed(false);
    });
    return field;
  }

  private values(node: RuleNode, field: Field, path: string): HTMLElement[] {
    if (node.op === "within" || node.op === "ahead") return this.span(node, "window", path);
    if (["is", "past", "known"].includes(node.op)) return [];
    if (node.op === "number") return [this.number(path + "value", this.say("value"), node.numbers?.[0] ?? 0, (n) => this.putNumbers(node, [n]))];
    const among = choicesOf(field, node);
    if (among && node.op === "in") return [this.boxes(node, field, among, path)];
    if (among) return [this.select(path + "value", this.say("value"), among, node.texts?.[0] ?? "", (v) => this.put(node, [v]))];
    if (field.type === "int" || field.type === "points") {
      if (node.op !== "in") return [this.number(path + "value", this.say("value"), node.numbers?.[0] ?? 0, (n) => this.putNumbers(node, [n]))];
      return [this.input(path + "value", node.numbers?.join(", ") ?? "", (text) => this.putNumbers(node, parts(text).map(Number)))];
    }
    if (node.op !== "in") return [this.input(path + "value", node.texts?.[0] ?? "", (text) => this.put(node, [text]), false)];
    return [this.input(path + "value", node.texts?.join(", ") ?? "", (text) => this.put(node, parts(text)))];
  }

  private put(node: RuleNode, texts: string[]) {
    node.texts = texts;
    this.changed(false);
  }

  private putNumbers(node: RuleNode, numbers: number[]) {
    if (numbers.some(Number.isNaN)) return;
    node.numbers = numbers;
    this.changed(false);
  }

  private boxes(node: RuleNode, field: Field, among: Choice[], path: string): HTMLElement {
    const group = make("span", { className: "rule-values" });
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", field.label);
    for (const one of among) {
      const label = make("label", {});
      const box = make("input", { type: "checkbox", checked: node.texts?.includes(one.value) ?? false });
      box.dataset.key = path + "value" + one.value;
      box.addEventListener("change", () => {
        const chosen = new Set(node.texts);
        if (box.checked) chosen.add(one.value);
        else chosen.delete(one.value);
        this.put(node, among.map((v) => v.value).filter((v) => chosen.has(v)));
      });
      label.append(box, one.label);
      group.append(label);
    }
    return group;
  }

  private kinds(node: RuleNode, part: "kind" | "later", path: string): HTMLElement {
    const chosen = node[part] ?? "";
    const list = this.words.kinds.some((k) => k.value === chosen) ? this.words.kinds : [{ value: chosen, label: chosen }, ...this.words.kinds];
    return this.select(path + part, this.say(part), list, chosen, (kind) => {
      node[part] = kind;
      this.changed(false);
    });
  }

  private times(node: RuleNode, path: string): HTMLElement[] {
    const choices = [{ value: "did", label: this.say("happened") }, ...comparisons.map((op) => ({ value: op, label: this.say("op." + operatorWord[op]) }))];
    const how = this.select(path + "times", this.say("operator"), choices, node.op === "did" ? "did" : (node.compare ?? ">="), (op) => {
      node.op = op === "did" ? "did" : "count";
      delete node.compare;
      if (op === "did") delete node.numbers;
      else {
        node.compare = op;
        node.numbers ??= [2];
      }
      this.changed(true);
    });
    if (node.op === "did") return [how];
    const number = this.number(path + "n", this.say("times"), node.numbers?.[0] ?? 1, (n) => this.putNumbers(node, [n]));
    return [number, note(this.say("times")), how];
  }

  private period(node: RuleNode, path: string): HTMLElement[] {
    const choices = [{ value: "", label: this.say("ever") }, { value: "window", label: this.say("in_last") }];
    const when = this.select(path + "period", this.say("window"), choices, node.window ? "window" : "", (chosen) => {
      if (chosen === "") delete node.window;
      else node.window = { n: 30, unit: "days" };
      this.changed(true);
    });
    return node.window ? [when, ...this.span(node, "window", path)] : [when];
  }

  private span(node: RuleNode, part: "within" | "window", path: string): HTMLElement[] {
    const span = (node[part] ??= { n: 30, unit: "days" });
    const choices = units.map((unit) => ({ value: unit, label: this.say(unit) }));
    return [
      this.number(path + part, this.say("window"), span.n, (n) => {
        span.n = n;
        this.changed(false);
      }),
      this.select(path + part + "unit", this.say("unit"), choices, span.unit, (unit) => {
        span.unit = unit;
        this.changed(false);
      }),
    ];
  }

  private select(key: string, label: string, choices: Choice[], value: string, chosen: (value: string) => void): HTMLElement {
    const select = make("select", {});
    select.dataset.key = key;
    select.setAttribute("aria-label", label);
    select.append(...choices.map((c) => new Option(c.label, c.value)));
    select.value = value;
    select.addEventListener("change", () => chosen(select.value));
    return select;
  }

  private input(key: string, value: string, typed: (text: string) => void, list = true): HTMLElement {
    const field = make("input", { value, placeholder: list ? this.say("comma") : "" });
    field.dataset.key = key;
    field.setAttribute("aria-label", this.say("value"));
    field.addEventListener("input", () => typed(field.value));
    return field;
  }

  private number(key: string, label: string, value: number, typed: (n: number) => void): HTMLElement {
    const field = make("input", { type: "number", min: "0", step: "any", value: String(value) });
    field.dataset.key = key;
    field.setAttribute("aria-label", label);
    field.addEventListener("input", () => {
      if (field.value !== "" && !Number.isNaN(field.valueAsNumber)) typed(field.valueAsNumber);
    });
    return field;
  }

  private button(key: string, label: string, pressed: () => void): HTMLButtonElement {
    const button = make("button", { type: "button", className: "quiet small", textContent: label });
    button.dataset.key = key;
    button.addEventListener("click", pressed);
    return button;
  }
}

function begin() {
  document.querySelectorAll<HTMLElement>(".rulebuilder:not([data-begun])").forEach((home) => {
    if (home.closest("details:not([open])")) return; // nobody sees it yet
    home.dataset.begun = "";
    new Builder(home);
  });
}
begin();
document.addEventListener("toggle", begin, true);
document.addEventListener("htmx:afterSettle", begin);
