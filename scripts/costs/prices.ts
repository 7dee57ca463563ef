/**
 * What AWS charges in us-east-1, in US dollars, without the free tier. Written down in November 2026; the sources are AWS's
 * public pricing pages. It is the only place for these figures: docs/costs.md is computed from them.
 */

export interface Price {
  readonly usd: number;
  /** What the price is for. */
  readonly per: string;
  readonly source: string;
}

export const PRICES = {
  lambdaGbSecond: { usd: 0.0000133334, per: 'GB-second (arm64)', source: 'https://aws.amazon.com/lambda/pricing/' },
  lambdaRequest: { usd: 0.2e-6, per: 'invocation', source: 'https://aws.amazon.com/lambda/pricing/' },
  dynamoDbRead: {
    usd: 0.125e-6,
    per: 'read unit (4 KB)',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  dynamoDbWrite: {
    usd: 0.625e-6,
    per: 'write unit (1 KB)',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  transition: { usd: 0.025e-3, per: 'state transition', source: 'https://aws.amazon.com/step-functions/pricing/' },
  customMetric: { usd: 0.3, per: 'metric and month', source: 'https://aws.amazon.com/cloudwatch/pricing/' },
  alarmMetric: { usd: 0.1, per: 'metric of an alarm and month', source: 'https://aws.amazon.com/cloudwatch/pricing/' },
  dashboard: { usd: 3, per: 'dashboard and month', source: 'https://aws.amazon.com/cloudwatch/pricing/' },
  logIngestion: { usd: 0.5, per: 'GB', source: 'https://aws.amazon.com/cloudwatch/pricing/' },
  logStorage: { usd: 0.03, per: 'GB and month', source: 'https://aws.amazon.com/cloudwatch/pricing/' },
  trace: { usd: 5e-6, per: 'trace', source: 'https://aws.amazon.com/xray/pricing/' },
  key: { usd: 1, per: 'key and month', source: 'https://aws.amazon.com/kms/pricing/' },
  secret: { usd: 0.4, per: 'secret and month', source: 'https://aws.amazon.com/secrets-manager/pricing/' },
  event: { usd: 1e-6, per: 'event of our own', source: 'https://aws.amazon.com/eventbridge/pricing/' },
  apiRequest: { usd: 1e-6, per: 'request (HTTP API)', source: 'https://aws.amazon.com/api-gateway/pricing/' },
  publicIpv4Hour: { usd: 0.005, per: 'address and hour', source: 'https://aws.amazon.com/vpc/pricing/' },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof PRICES;

/** Hours of an average month, as AWS's calculator counts. */
export const HOURS_PER_MONTH = 730;
