/**
 * Settings of the simulated EC2 that were measured on a real one: what `npm run smoke` writes into its report, and what
 * `npm start -- --latencies FILE` reads.
 */
import * as z from 'zod';
import type { LatencyName } from './latencies';

const milliseconds = z.int('must be whole milliseconds').min(0, 'must not be negative');

const latency = z.union(
  [
    milliseconds,
    z
      .strictObject({
        typicalMs: z.tuple([milliseconds, milliseconds]),
        tailMs: milliseconds,
        tailShare: z.number().min(0).max(1),
      })
      .refine(({ typicalMs: [low, high], tailMs }) => low <= high && high <= tailMs, {
        error: 'must ascend: typicalMs low, typicalMs high, tailMs',
      }),
  ],
  {
    error: 'must be whole milliseconds, or {"typicalMs": [low, high], "tailMs": most, "tailShare": 0 to 1}',
  },
);

/** A latency that is absent keeps its default. A name that does not exist is refused. */
const latencies = {
  call: latency,
  runInstances: latency,
  instanceRunning: latency,
  instanceReachable: latency,
  instanceStopped: latency,
  instanceTerminated: latency,
  instanceTerminatedAbruptly: latency,
  interfaceAttachedAtLaunch: latency,
  interfaceAttached: latency,
  interfaceDetached: latency,
  interfaceForcedOff: latency,
  interfaceFreedAfterTermination: latency,
  associationVisible: latency,
  newResourceVisible: latency,
  tagsVisible: latency,
  tagsGone: latency,
} satisfies Record<LatencyName, typeof latency>;

export const measuredSettingsSchema = z.strictObject({
  /** Milliseconds; the names are those of `latencies.ts`. */
  latencies: z.strictObject(latencies).partial(),
  /** Whether a retained interface keeps its Elastic IP when its instance ends. Absent: not seen. */
  elasticIpSurvivesTermination: z.boolean().optional(),
});

export type MeasuredSettings = z.infer<typeof measuredSettingsSchema>;
