/** Which node holds an address, or an instance that is being imported. */
import * as z from 'zod';
import { fieldsOf, unchanged, type RecordKind } from './stored-record';

export interface Claim {
  readonly nodeId: string;
  /** ISO 8601, UTC. */
  readonly claimedAt: string;
}

const claim: z.ZodType<Claim> = z.object(fieldsOf<Claim>()({ nodeId: z.string(), claimedAt: z.string() }));

/** 0: without a version. 1: the same, with a version. */
export const claimRecord: RecordKind<Claim> = { name: 'CLAIM', schema: claim, upgrades: [unchanged] };
