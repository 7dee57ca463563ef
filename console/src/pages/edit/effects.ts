/**
 * When a change of a field takes effect. The API does not say it, so this is the table of docs/api.md, "Update"; a test
 * compares the two.
 */

export interface Effect {
  /** The fields; none: every field that no other row names. */
  readonly fields: readonly string[];
  /** In few words. */
  readonly label: string;
  /** The documentation's words. */
  readonly description: string;
  readonly isAtOnce: boolean;
}

const LAUNCH = 'compute.launchSpecification';
const REPLACEMENT = { label: 'With the next replacement', isAtOnce: false } as const;

const EVERY_OTHER: Effect = {
  ...REPLACEMENT,
  fields: [],
  description: 'with the next replacement: an interruption, a recycle, or a pause and resume',
};

export const EFFECTS: readonly Effect[] = [
  {
    fields: ['name', 'description', 'healthCheck', 'strategy.rebalanceRecommendation'],
    label: 'At once',
    description: 'at once',
    isAtOnce: true,
  },
  {
    fields: [
      'compute.elasticIp',
      `${LAUNCH}.securityGroupIds`,
      `${LAUNCH}.tags`,
      `${LAUNCH}.resourceTagSpecification.volumes.shouldTag`,
      `${LAUNCH}.resourceTagSpecification.enis.shouldTag`,
    ],
    label: 'At once',
    description:
      'at once, on the running instance, its volumes (tags) and its interface; or at the end of the operation under way',
    isAtOnce: true,
  },
  EVERY_OTHER,
  {
    ...REPLACEMENT,
    fields: ['compute.privateIp', 'compute.subnetIds'],
    description:
      'with the next replacement, on a new interface, which is created and verified before the old one is deleted',
  },
  {
    ...REPLACEMENT,
    fields: ['persistence.eniAttachment', 'persistence.persistPrivateIp'],
    description: 'with the next replacement',
  },
  {
    fields: ['persistence.shouldKeepElasticIpOnPause'],
    label: 'With the next pause',
    description: 'with the next pause',
    isAtOnce: false,
  },
  {
    fields: [`${LAUNCH}.networkInterfaces[].associateIpv6Address`],
    label: 'With the next new interface',
    description: 'with the next interface that is created; the present one stays as it is',
    isAtOnce: false,
  },
];

/** @param path as in `Change`, with the indexes of list entries */
export function effectOf(path: string): Effect {
  const field = path.replaceAll(/\.\d+(?=\.|$)/g, '[]');
  const isIn = (named: string): boolean =>
    field === named || field.startsWith(`${named}.`) || field.startsWith(`${named}[`);
  return EFFECTS.find(({ fields }) => fields.some(isIn)) ?? EVERY_OTHER;
}
