/** Ids of EC2 and of Holdfast: one pattern of each kind, for validation and for the OpenAPI document. */
import * as z from 'zod';

/** What a configuration names. EC2 says whether it exists, so its form is not checked closely. */
const NAMED = '[0-9a-z]{3,32}';
/** Eight digits, or seventeen. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html */
const HEX = '[0-9a-f]{8,17}';
/** Holdfast makes these ids. */
const OWN = '[0-9a-f]{8}';

interface Kind {
  readonly digits: string;
  /** With its article, for messages. */
  readonly what: string;
  readonly example: string;
}

const KINDS = {
  ami: { digits: NAMED, what: 'an image', example: '0123456789abcdef0' },
  eipalloc: { digits: NAMED, what: "an Elastic IP's allocation id", example: '0123456789abcdef0' },
  sg: { digits: NAMED, what: 'a security group', example: '0123456789abcdef0' },
  snap: { digits: NAMED, what: 'a snapshot', example: '0123456789abcdef0' },
  subnet: { digits: NAMED, what: 'a subnet', example: '0123456789abcdef0' },
  vpc: { digits: NAMED, what: 'a VPC', example: '0123456789abcdef0' },
  eni: { digits: HEX, what: 'the id of a network interface', example: '0123456789abcdef0' },
  i: { digits: HEX, what: 'the id of an instance', example: '0123456789abcdef0' },
  vol: { digits: HEX, what: 'the id of a volume', example: '0123456789abcdef0' },
  smg: { digits: OWN, what: 'the id of an import', example: '0a1b2c3d' },
  smi: { digits: OWN, what: 'the id of a node', example: '0a1b2c3d' },
} as const satisfies Readonly<Record<string, Kind>>;

/** The part of an id before its hyphen. */
export type IdKind = keyof typeof KINDS;

/** Matches the whole id. */
export function idPattern(...kinds: readonly IdKind[]): RegExp {
  return new RegExp(`^(?:${kinds.map((kind) => `${kind}-${KINDS[kind].digits}`).join('|')})$`);
}

/** An id, which is an error of the field if it has another form. */
export function id(kind: IdKind) {
  const { what, example } = KINDS[kind];
  return z.string().regex(idPattern(kind), `must be ${what}, like ${kind}-${example}`);
}

/** An id that is only described: text of another form is treated as an id of something that does not exist. */
export function describedId(...kinds: readonly IdKind[]) {
  return z.string().meta({ pattern: idPattern(...kinds).source });
}
