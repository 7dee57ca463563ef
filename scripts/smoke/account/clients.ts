/** The AWS clients of the smoke test. Tests and `--simulated` pass simulated ones. */
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { FisClient } from '@aws-sdk/client-fis';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';

export interface Clients {
  readonly ec2: Pick<EC2Client, 'send'>;
  readonly fis: Pick<FisClient, 'send'>;
  readonly iam: Pick<IAMClient, 'send'>;
  readonly ssm: Pick<SSMClient, 'send'>;
  readonly sts: Pick<STSClient, 'send'>;
}

export interface ClientOptions {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

/** The SDK takes a second to load, so wrong options are reported first. */
export async function openClients({ region, profile }: ClientOptions): Promise<Clients> {
  const [{ EC2Client }, { FisClient }, { IAMClient }, { SSMClient }, { STSClient }] = await Promise.all([
    import('@aws-sdk/client-ec2'),
    import('@aws-sdk/client-fis'),
    import('@aws-sdk/client-iam'),
    import('@aws-sdk/client-ssm'),
    import('@aws-sdk/client-sts'),
  ]);
  const settings = { ...(region !== undefined && { region }), ...(profile !== undefined && { profile }) };
  const sts = new STSClient(settings);
  return {
    ec2: new EC2Client(settings),
    // This client is older than the others and does not know every source of credentials.
    fis: new FisClient({ region: () => sts.config.region(), credentials: () => sts.config.credentials() }),
    iam: new IAMClient(settings),
    ssm: new SSMClient(settings),
    sts,
  };
}
