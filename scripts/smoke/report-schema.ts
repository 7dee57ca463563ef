/** The report of a run: one JSON document. docs/smoke.md explains it. */
import * as z from 'zod';
import { measuredSettingsSchema } from '../../simulator/ec2/measured-settings';
import { MILESTONES } from './milestones';

const instant = z.iso.datetime();

const identity = z.strictObject({
  instanceId: z.string(),
  networkInterfaceId: z.string(),
  privateIp: z.string(),
  publicIp: z.string(),
  macAddress: z.string(),
});

const trial = z.strictObject({
  attachment: z.enum(['cold', 'hot']),
  /** Null if the node was not created. */
  nodeId: z.string().nullable(),
  /** As EC2 shows it. Null if the run failed before. */
  before: identity.nullable(),
  after: identity.nullable(),
  faults: z.array(z.string()),
  /** When FIS began to send the interruption. */
  warnedAt: instant.nullable(),
  milestones: z.array(
    z.strictObject({
      name: z.enum(MILESTONES),
      /** Seconds after the warning. */
      seconds: z.number(),
      source: z.enum(['fis', 'log', 'ec2', 'look']),
    }),
  ),
  phases: z.array(
    z.strictObject({
      phase: z.string(),
      seconds: z.number().nullable(),
      /** The shortest and the longest in the simulator. Null if it has none. */
      simulatedSeconds: z.tuple([z.number(), z.number()]).nullable(),
    }),
  ),
  /** How long the Elastic IP led to no running instance. */
  addressAwaySeconds: z.number().nullable(),
  simulatedAddressAwaySeconds: z.tuple([z.number(), z.number()]).nullable(),
  /** What EC2 showed, from the creation of the node to its end. */
  timeline: z.array(
    z.strictObject({
      at: instant,
      resourceId: z.string(),
      what: z.enum(['instance', 'interface', 'attachment', 'association']),
      from: z.string(),
      to: z.string(),
    }),
  ),
  log: z.array(z.strictObject({ createdAt: instant, severity: z.string(), message: z.string() })),
});

export const reportSchema = z.strictObject({
  format: z.literal(1),
  /** Whether the run took place on the simulator. */
  simulated: z.boolean(),
  runId: z.string(),
  account: z.strictObject({
    accountId: z.string(),
    region: z.string(),
    stack: z.string(),
    subnetId: z.string(),
    availabilityZone: z.string(),
    imageId: z.string(),
    instanceTypes: z.array(z.string()),
  }),
  startedAt: instant,
  endedAt: instant,
  /** The price beforehand, in US dollars. */
  atMostUsd: z.number(),
  passed: z.boolean(),
  problems: z.array(z.string()),
  leftovers: z.array(z.strictObject({ what: z.string(), reason: z.string(), command: z.string() })),
  /** The pause between two looks at EC2: what a look shows may have happened so much earlier. */
  lookEverySeconds: z.number(),
  trials: z.array(trial),
  answers: z.array(z.strictObject({ question: z.string(), answer: z.string(), evidence: z.string() })),
  /** What `npm start -- --latencies` reads. */
  simulator: measuredSettingsSchema,
});

export type Report = z.infer<typeof reportSchema>;
export type TrialReport = Report['trials'][number];
