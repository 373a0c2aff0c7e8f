// Things as PagerDuty's Terraform provider writes them: what is on the screen, ready to be adopted with `terraform import`.

export interface Block {
  [name: string]: Value | Block | Block[] | undefined;
}
type Value = string | number | boolean | string[] | number[];

/** "Checkout API (EU)" is checkout_api_eu. */
export const labelOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '').replace(/^(?=\d)/, '_') || 'this';

/** A string of HCL: what begins an expression in it is only text. */
const quoted = (text: string): string => JSON.stringify(text).replace(/[$%](?=\{)/g, (sign) => sign + sign);

const written = (value: Value): string =>
  Array.isArray(value) ? `[${value.map((one) => (typeof one === 'string' ? quoted(one) : one)).join(', ')}]` : typeof value === 'string' ? quoted(value) : String(value);

function lines(block: Block, indent: string): string[] {
  const members = Object.entries(block).filter(([, value]) => value !== undefined);
  const isNested = (value: unknown): value is Block | Block[] =>
    typeof value === 'object' && (!Array.isArray(value) || (value.length > 0 && typeof value[0] === 'object'));
  const width = Math.max(0, ...members.filter(([, value]) => !isNested(value)).map(([name]) => name.length));
  return members.flatMap(([name, value]) => {
    if (!isNested(value)) return [`${indent}${name.padEnd(width)} = ${written(value as Value)}`];
    return [value].flat().flatMap((one) => [`${indent}${name} {`, ...lines(one, `${indent}  `), `${indent}}`]);
  });
}

/** One resource, and how the one that exists is adopted. */
export function resource(type: string, name: string, members: Block, id?: string): string {
  const label = labelOf(name);
  const text = [`resource "${type}" "${label}" {`, ...lines(members, '  '), '}'].join('\n');
  return id ? `${text}\n\n# terraform import ${type}.${label} ${id}` : text;
}

const importedAtOnceMax = 50;

/** Several that exist, to be adopted at once; Terraform writes their resources itself. */
export function imports(type: string, rows: { id: string; summary: string }[]): string {
  if (rows.length === 0) return '';
  const taken = new Set<string>();
  const blocks = rows.slice(0, importedAtOnceMax).map(({ id, summary }) => {
    const label = taken.has(labelOf(summary)) ? `${labelOf(summary)}_${id.toLowerCase()}` : labelOf(summary);
    taken.add(label);
    return `import {\n  to = ${type}.${label}\n  id = ${quoted(id)}\n}`;
  });
  const rest = rows.length - importedAtOnceMax;
  return ['# terraform plan -generate-config-out=generated.tf', ...blocks, ...(rest > 0 ? [`# and ${rest} more, each by its id`] : [])].join('\n\n');
}
