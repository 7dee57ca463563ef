/** The tables of docs/costs.md, and where they are in it. */
import type { EniAttachment } from '../../domain/config/node-config';
import { idleBill, inventoryOf, replacementBill, usdOf, type BillLine } from './bill';
import { measureIdleRun, measureReplacement } from './measure';
import { HOURS_PER_MONTH, PRICES, type PriceName } from './prices';

/** So many nodes are at rest while the idle run is measured: EC2's default limit for Elastic IPs. */
export const NODES_AT_REST = 5;
export const REPLACEMENTS = 1_000;

export type Tables = Readonly<Record<'idle' | 'cold' | 'hot' | 'prices', readonly (readonly string[])[]>>;

const HEAD = ['what', 'amount', 'price', 'US dollars'];

/** @param template the synthesised template */
export async function costTables(template: Parameters<typeof inventoryOf>[0]): Promise<Tables> {
  const inventory = inventoryOf(template);
  const replacements = async (attachment: EniAttachment) =>
    billTable(replacementBill(await measureReplacement(template, attachment), inventory, REPLACEMENTS));
  return {
    idle: billTable(idleBill(await measureIdleRun(template, NODES_AT_REST), inventory)),
    cold: await replacements('cold'),
    hot: await replacements('hot'),
    prices: pricesTable(),
  };
}

function billTable(lines: readonly BillLine[]): readonly (readonly string[])[] {
  const total = lines.reduce((sum, line) => sum + usdOf(line), 0);
  return [
    HEAD,
    ...lines.map((line) => [line.what, rounded(line.amount), unitOf(line.price), usdOf(line).toFixed(2)]),
    ['**all**', '', '', `**${total.toFixed(2)}**`],
  ];
}

function pricesTable(): readonly (readonly string[])[] {
  return [
    ['price', 'per', 'source'],
    ...Object.values(PRICES).map(({ usd, per, source }) => [`$${plain(usd)}`, per, `<${source}>`]),
  ];
}

function unitOf(price: PriceName): string {
  const { usd, per } = PRICES[price];
  return `$${plain(usd)} per ${per}`;
}

/** Without an exponent. */
function plain(usd: number): string {
  return usd.toFixed(10).replace(/\.?0+$/, '');
}

/** Three digits, with separators. */
function rounded(amount: number): string {
  return Number(amount.toPrecision(3)).toLocaleString('en-US');
}

/** What a public IPv4 address costs a month, used or not. */
export const ELASTIC_IP_PER_MONTH = (PRICES.publicIpv4Hour.usd * HOURS_PER_MONTH).toFixed(2);

const between = (name: string): RegExp => new RegExp(`(<!-- costs: ${name} -->\\n)[^]*?(\\n<!-- end of costs -->)`);

/** The document with up-to-date tables. @throws Error if it lacks the lines that mark one of them */
export function withTables(markdown: string, tables: Tables): string {
  return Object.entries(tables).reduce((document, [name, rows]) => {
    if (!between(name).test(document)) throw new Error(`docs/costs.md has no place for the table ${name}`);
    const [head = [], ...rest] = rows;
    const lines = [head, head.map(() => '-'), ...rest].map((cells) => `| ${cells.join(' | ')} |`);
    return document.replace(
      between(name),
      (_all, begin: string, end: string) => `${begin}\n${lines.join('\n')}\n${end}`,
    );
  }, markdown);
}

/** The text of a table in the document. @throws Error if it lacks the lines that mark it */
export function tableIn(markdown: string, name: keyof Tables): string {
  const [all] = between(name).exec(markdown) ?? [];
  if (all === undefined) throw new Error(`docs/costs.md has no table ${name}`);
  return all;
}
