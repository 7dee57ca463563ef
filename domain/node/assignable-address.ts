/** Which addresses of a subnet an interface can have. */
import ipaddr from 'ipaddr.js';

/**
 * Why an address cannot be assigned from a range; undefined if it can. AWS reserves the first four addresses and the
 * last one of every subnet. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
export function whyNotAssignable(address: string, cidrBlock: string): string | undefined {
  const [network, prefixLength] = ipaddr.IPv4.parseCIDR(cidrBlock);
  const parsed = ipaddr.IPv4.parse(address);
  if (!parsed.match([network, prefixLength])) return `lies outside ${cidrBlock}`;
  const offset = asNumber(parsed) - asNumber(ipaddr.IPv4.networkAddressFromCIDR(cidrBlock));
  const lastOffset = 2 ** (32 - prefixLength) - 1;
  return offset < 4 || offset === lastOffset
    ? `is one of the five addresses of ${cidrBlock} that AWS reserves`
    : undefined;
}

function asNumber(address: ipaddr.IPv4): number {
  return address.toByteArray().reduce((number, byte) => number * 256 + byte, 0);
}
