/** Chooses between the URL and the token that the user gives, and those of the stack. */
import { withEnvironment, type Environment, type GlobalOptions } from '../command-line/global-options';
import { bearer, type Authorize, type Connection } from './connection';
import { signing } from './signing';
import { fail, findDeployment, openAccount, readToken, type Account, type AccountOptions } from './stack';

const DEFAULT_STACK = 'Holdfast';

/** @throws Failed */
export async function connect(
  typed: GlobalOptions,
  environment: Environment,
  open: (options: AccountOptions) => Promise<Account> = openAccount,
): Promise<Connection> {
  const { url, token, sign, stack = DEFAULT_STACK, ...where } = withEnvironment(typed, environment);
  const bearerToken = sign === true ? undefined : token;
  if (url !== undefined && bearerToken !== undefined) {
    return { url, authorize: bearer(bearerToken), region: where.region ?? regionIn(url) ?? environment.AWS_REGION };
  }
  const account = await open(where);
  const region = await account.region().catch((error: unknown) => fail('The AWS Region is not known', error));
  if (url !== undefined) return { url, authorize: signed(account, regionIn(url) ?? region), region };
  const deployment = await findDeployment(account, stack);
  return {
    url: deployment.url,
    region,
    authorize: await authorizing(account, region, deployment.tokenSecretArn, bearerToken),
  };
}

async function authorizing(
  account: Account,
  region: string,
  tokenSecretArn: string | undefined,
  token: string | undefined,
): Promise<Authorize> {
  if (tokenSecretArn === undefined) return signed(account, region);
  return bearer(token ?? (await readToken(account, tokenSecretArn)));
}

function signed({ credentials }: Account, region: string): Authorize {
  const resolve = (): ReturnType<typeof credentials> =>
    credentials().catch((error: unknown) => fail('There are no AWS credentials', error));
  return signing({ region, credentials: resolve });
}

/** The Region of `npm start`. */
const SIMULATED_REGION = 'us-east-1';

/** The host name of an HTTP API names its Region. The simulator listens on this machine only. */
function regionIn(url: string): string | undefined {
  const { hostname } = new URL(url);
  if (hostname === '127.0.0.1' || hostname === 'localhost') return SIMULATED_REGION;
  return /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/.exec(hostname)?.[1];
}
