/**
 * The text that the table keeps beside the record of a node at rest, and that its index has a copy of. It has no names, to
 * be short. It is written together with the record, and never read without it: a text that cannot be read makes the
 * reconciler read the record.
 */
import * as z from 'zod';
import type { AtRest } from '../reconciliation/at-rest';

/** A text of another version is not read. */
const VERSION = 1;
const NONE = 0;
const LETTER_OF = { cold: 'c', hot: 'h' } as const;
const ATTACHMENT_OF = { c: 'cold', h: 'hot' } as const;

const text = z.tuple([
  z.literal(VERSION),
  z.int(),
  z.string(),
  z.array(z.string()),
  z.union([z.string(), z.literal(NONE)]),
  z.union([z.tuple([z.string(), z.enum(['c', 'h'])]), z.literal(NONE)]),
]);

export function atRestText({ generation, interfaceId, securityGroupIds, elasticIp, instance }: AtRest): string {
  const carrier = instance === undefined ? NONE : [instance.id, LETTER_OF[instance.attachment]];
  return JSON.stringify([VERSION, generation, interfaceId, securityGroupIds, elasticIp ?? NONE, carrier]);
}

/** Undefined if the text cannot be read. @param found the value of the attribute */
export function atRestIn(found: unknown): AtRest | undefined {
  const { data } = text.safeParse(parsed(found));
  if (data === undefined) return undefined;
  const [, generation, interfaceId, securityGroupIds, elasticIp, carrier] = data;
  return {
    generation,
    interfaceId,
    securityGroupIds,
    elasticIp: elasticIp === NONE ? undefined : elasticIp,
    instance: carrier === NONE ? undefined : { id: carrier[0], attachment: ATTACHMENT_OF[carrier[1]] },
  };
}

function parsed(found: unknown): unknown {
  if (typeof found !== 'string') return undefined;
  try {
    return JSON.parse(found);
  } catch {
    return undefined;
  }
}
