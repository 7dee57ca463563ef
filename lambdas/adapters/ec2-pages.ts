/** Lists that EC2 returns in pages. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination */
import { callEc2 } from './ec2-error';

/** The largest page that EC2 allows. */
export const PAGE_SIZE = 1000;

/** An empty page need not be the last. Only a page without a token is the last. */
export async function allPages<T>(
  page: (
    nextToken: string | undefined,
  ) => Promise<{ readonly items: readonly T[]; readonly next?: string | undefined }>,
): Promise<readonly T[]> {
  const found: T[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await callEc2(() => page(token));
    found.push(...items);
    token = next;
  } while (token !== undefined);
  return found;
}
