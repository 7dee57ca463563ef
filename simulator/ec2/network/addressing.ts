/**
 * Addresses within a subnet.
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
import ipaddr from 'ipaddr.js';
import { ec2Error, NotSimulated } from '../requests/ec2-error';
import { badValue } from '../requests/parameters';
import type { Random } from '../../time/random';
import type { Subnet } from '../world';

/** Network, router, DNS and future use at the start; broadcast at the end. */
const RESERVED_AT_START = 4;
const RESERVED_AT_END = 1;

/** Returns the first and last address that an interface may have, as numbers. */
export function usableRange(cidrBlock: string): { readonly first: number; readonly last: number } {
  const network = toNumber(ipaddr.IPv4.networkAddressFromCIDR(cidrBlock));
  const broadcast = toNumber(ipaddr.IPv4.broadcastAddressFromCIDR(cidrBlock));
  return { first: network + RESERVED_AT_START, last: broadcast - RESERVED_AT_END };
}

/** Checks an address that the caller chose. @throws EC2's error if it is invalid or taken */
export function checkAddress(subnet: Subnet, address: string, isTaken: (address: string) => boolean): void {
  if (!ipaddr.IPv4.isValidFourPartDecimal(address)) throw badValue(`Address ${address} is not a valid IPv4 address`);
  const parsed = ipaddr.IPv4.parse(address);
  const cidrBlock = ipv4RangeOf(subnet);
  if (!parsed.match(ipaddr.IPv4.parseCIDR(cidrBlock))) {
    throw badValue(`Address ${address} does not fall within the subnet's address range`);
  }
  const { first, last } = usableRange(cidrBlock);
  if (toNumber(parsed) < first || toNumber(parsed) > last) {
    throw badValue(`Address ${address} is in the subnet's reserved address range`);
  }
  if (isTaken(address)) throw ec2Error('InvalidIPAddress.InUse', `Address ${address} is in use.`);
}

/** Returns a free address of the subnet: the first one after a random start. */
export function freeAddress(subnet: Subnet, isTaken: (address: string) => boolean, random: Random): string {
  const { first, last } = usableRange(ipv4RangeOf(subnet));
  const size = last - first + 1;
  const start = random.below(size);
  for (let step = 0; step < size; step += 1) {
    const address = fromNumber(first + ((start + step) % size));
    if (!isTaken(address)) return address;
  }
  throw ec2Error('InsufficientFreeAddressesInSubnet', `Subnet ${subnet.id} has no free address left`);
}

function ipv4RangeOf({ id, cidrBlock }: Subnet): string {
  if (cidrBlock === undefined) throw new NotSimulated(`an interface in ${id}, which has no IPv4 range`);
  return cidrBlock;
}

/** Returns a random IPv6 address of the subnet's /64, which is so large that collisions are not checked. */
export function randomIpv6Address(subnet: Subnet, random: Random): string {
  if (subnet.ipv6CidrBlock === undefined) throw badValue(`Subnet ${subnet.id} has no IPv6 CIDR block`);
  const prefix = ipaddr.IPv6.networkAddressFromCIDR(subnet.ipv6CidrBlock).toByteArray().slice(0, 8);
  const host = Array.from({ length: 8 }, () => random.below(256));
  return new ipaddr.IPv6([...prefix, ...host]).toString();
}

/** Public addresses come from the range reserved for benchmarking, which is not routed. Source: RFC 2544. */
export function randomPublicAddress(isTaken: (address: string) => boolean, random: Random): string {
  const { first, last } = usableRange('198.18.0.0/15');
  for (;;) {
    const address = fromNumber(first + random.below(last - first + 1));
    if (!isTaken(address)) return address;
  }
}

/** Locally administered and unicast, like the MAC addresses of EC2 interfaces: 02:... */
export function randomMacAddress(random: Random): string {
  return ['02', ...Array.from({ length: 5 }, () => random.hex(2))].join(':');
}

function toNumber(address: ipaddr.IPv4): number {
  return address.toByteArray().reduce((number, byte) => number * 256 + byte, 0);
}

function fromNumber(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');
}
