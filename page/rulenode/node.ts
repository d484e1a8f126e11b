// The tree of a rule as the server gives and takes it (rule.Node), and what the visual builder knows of it.

export type Span = { n: number; unit: string };
export type RuleNode = {
  op: string;
  nodes?: RuleNode[];
  field?: string;
  kind?: string;
  later?: string;
  compare?: string;
  texts?: string[];
  numbers?: number[];
  within?: Span;
  window?: Span;
};
export type Choice = { value: string; label: string };
export type Field = { name: string; label: string; type: string; values?: Choice[]; open?: boolean };
export type Words = { fields: Field[]; kinds: Choice[]; labels: Record<string, string>; behaviour: boolean; own: boolean };
export type Reading = {
  text: string;
  form?: RuleNode;
  sentence: string;
  count: string;
  fault?: { words: string; line?: number; column?: number; path?: string };
};

export const comparisons = [">=", ">", "<=", "<", "==", "!="];
export const operatorWord: Record<string, string> = { "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge" };
const ofTexts = ["contains", "==", "!=", "in", "startsWith", "endsWith", "known"];
// "n:>=" stands for the operator "number" that compares by ">=".
const ofAmounts = comparisons.map((op) => "n:" + op);
export const operators: Record<string, string[]> = {
  choice: ["in", "==", "!="],
  open: ["in", "==", "!=", "known"],
  text: ofTexts,
  amount: [...ofAmounts, "known"],
  own: [...ofTexts, ...ofAmounts.filter((op) => /[<>]/.test(op))], // the others would read like those of texts
  int: [...comparisons, "in", "known"],
  bool: ["is"],
  time: ["within", "ahead", "past", "known"],
  tags: ["tag"],
  points: [">=", ">", "<=", "<"],
};
export const units = ["days", "weeks", "hours", "minutes"];

/** Where a condition hangs: its place among the others, and whether it is denied there. */
export type Parent = { nodes: RuleNode[]; index: number; denied: boolean };

/** The scope of the properties of an event. */
export const ownScope = "event.";

/** Sets the operator of a condition about a field: "n:>=" is a comparison of numbers of an event. */
export function operate(node: RuleNode, op: string) {
  const number = op.startsWith("n:");
  node.op = number ? "number" : op;
  if (number) node.compare = op.slice(2);
  else delete node.compare;
}

/** The values to choose from, with those that a rule asks for besides; none if any text will do. */
export function choicesOf(field: Field, node: RuleNode): Choice[] | undefined {
  const others = (node.texts ?? []).filter((text) => !field.values?.some((v) => v.value === text));
  return field.values && [...field.values, ...others.map((text) => ({ value: text, label: text }))];
}

export function subjectOf(node: RuleNode): string {
  if (node.op === "did" || node.op === "count") return "b:event";
  return node.field ? "f:" + node.field : "b:" + node.op;
}

export const parts = (text: string) =>
  text
    .split(/[,、，]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");

export const note = (text: string) => make("span", { className: "small mute", textContent: text });

export function make<K extends keyof HTMLElementTagNameMap>(tag: K, props: Partial<HTMLElementTagNameMap[K]>): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(tag), props);
}
