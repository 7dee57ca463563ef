/** The private IP while it is typed: whether a subnet has it, and which addresses can be proposed. */
import ipaddr from 'ipaddr.js';
import { whyNotAssignable } from '../../../../domain/node/assignable-address';

export interface Range {
  readonly id: string;
  readonly cidrBlock: string;
}

/** Why none of the subnets can give this address; undefined if one can, or if no subnet is known. */
export function problemWithAddress(address: string, subnets: readonly Range[]): string | undefined {
  if (address === '') return undefined;
  if (!isAddress(address)) return 'Enter an IPv4 address, like 10.0.0.42.';
  const reasons = subnets.map(({ cidrBlock }) => whyNotAssignable(address, cidrBlock));
  if (reasons.length === 0 || reasons.includes(undefined)) return undefined;
  return `${address} ${reasons.join(', and ')}.`;
}

export const isAddress = (text: string): boolean => ipaddr.IPv4.isValidFourPartDecimal(text);

/** The subnets that can give the address. */
export const subnetsWith = <Subnet extends Range>(address: string, subnets: readonly Subnet[]): readonly Subnet[] =>
  subnets.filter(({ cidrBlock }) => isAddress(address) && whyNotAssignable(address, cidrBlock) === undefined);

/** So many addresses are looked at in each subnet: a /16 has 65,531. */
const MOST_SEEN = 4_096;

/**
 * Addresses that the subnets have and that are not known to be taken, which begin with what was typed. They are spread from the
 * tenth address on, because people and EC2 alike take the first ones.
 */
export function proposals(
  typed: string,
  subnets: readonly Range[],
  taken: ReadonlySet<string>,
  count: number,
): readonly string[] {
  const found = subnets.flatMap(({ cidrBlock }) => free(typed, cidrBlock, taken, count));
  return found.slice(0, count);
}

function free(typed: string, cidrBlock: string, taken: ReadonlySet<string>, count: number): readonly string[] {
  const first = ipaddr.IPv4.networkAddressFromCIDR(cidrBlock).toByteArray();
  const size = 2 ** (32 - ipaddr.IPv4.parseCIDR(cidrBlock)[1]);
  const found: string[] = [];
  for (let step = 0; step < Math.min(size, MOST_SEEN) && found.length < count; step += 1) {
    const address = plus(first, (step + 10) % size);
    const isFree =
      address.startsWith(typed) && !taken.has(address) && whyNotAssignable(address, cidrBlock) === undefined;
    if (isFree) found.push(address);
  }
  return found;
}

function plus(bytes: readonly number[], offset: number): string {
  const sum = bytes.reduce((number, byte) => number * 256 + byte, 0) + offset;
  return [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(sum / unit) % 256).join('.');
}
