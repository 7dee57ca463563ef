/**
 * Whether an image runs what `compute.product` says. EC2 bills an instance by its image, whatever the configuration
 * says, and Holdfast's costs use the product.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/billing-info-fields.html
 */
import type { NodeConfig } from '../config/node-config';

type Product = NonNullable<NodeConfig['compute']['product']>;

/** The products without the suffix that says that they run in a VPC, which every instance does. */
const LINUX = 'Linux/UNIX';
const RED_HAT = 'Red Hat Enterprise Linux';
const SUSE = 'SUSE Linux';
const WINDOWS = 'Windows';

/** By the start of `PlatformDetails`; the first that fits counts. */
const PRODUCTS_OF: readonly (readonly [string, readonly string[]])[] = [
  // With a licence of one's own ("BYOL") the system is one thing, and the price that of Linux/UNIX.
  ['Windows BYOL', [WINDOWS, LINUX]],
  ['Windows', [WINDOWS]],
  ['Red Hat BYOL', [RED_HAT, LINUX]],
  ['Red Hat', [RED_HAT]],
  ['SUSE', [SUSE]],
];

/** @param platform EC2's `PlatformDetails` of the image, for example "Windows with SQL Server Standard" */
export function isProductOf(product: Product, platform: string): boolean {
  const [, products] = PRODUCTS_OF.find(([start]) => platform.startsWith(start)) ?? ['', [LINUX]];
  return products.includes(product.replace(' (Amazon VPC)', ''));
}
