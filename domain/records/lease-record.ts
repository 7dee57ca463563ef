/** Which run of the reconciler is under way: one item for all runs. */
import * as z from 'zod';
import { fieldsOf, type RecordKind } from './stored-record';

export interface Lease {
  /** Names the run. */
  readonly holder: string;
  /** When the run began; ISO 8601, UTC. */
  readonly startedAt: string;
  /** When another run may begin at the latest; ISO 8601, UTC. Absent: the run has ended. */
  readonly heldUntil?: string | undefined;
}

const lease: z.ZodType<Lease> = z.object(
  fieldsOf<Lease>()({ holder: z.string(), startedAt: z.string(), heldUntil: z.string().optional() }),
);

export const leaseRecord: RecordKind<Lease> = { name: 'LEASE', schema: lease, upgrades: [] };
