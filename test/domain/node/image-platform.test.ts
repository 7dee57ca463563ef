import { isProductOf } from '../../../domain/node/image-platform';

const PRODUCTS = ['Linux/UNIX', 'Red Hat Enterprise Linux', 'SUSE Linux', 'Windows'] as const;

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/billing-info-fields.html */
const PLATFORMS: readonly { readonly platform: string; readonly products: readonly string[] }[] = [
  { platform: 'Linux/UNIX', products: ['Linux/UNIX'] },
  { platform: 'Linux with SQL Server Standard', products: ['Linux/UNIX'] },
  { platform: 'Ubuntu Pro', products: ['Linux/UNIX'] },
  { platform: 'Red Hat Enterprise Linux', products: ['Red Hat Enterprise Linux'] },
  { platform: 'Red Hat Enterprise Linux with HA', products: ['Red Hat Enterprise Linux'] },
  { platform: 'Red Hat BYOL Linux', products: ['Linux/UNIX', 'Red Hat Enterprise Linux'] },
  { platform: 'SUSE Linux', products: ['SUSE Linux'] },
  { platform: 'Windows', products: ['Windows'] },
  { platform: 'Windows with SQL Server Web', products: ['Windows'] },
  { platform: 'Windows BYOL', products: ['Linux/UNIX', 'Windows'] },
];

test.each(PLATFORMS)('an image of $platform is one of $products', ({ platform, products }) => {
  expect(PRODUCTS.filter((product) => isProductOf(product, platform))).toEqual(products);
  expect(PRODUCTS.filter((product) => isProductOf(`${product} (Amazon VPC)`, platform))).toEqual(products);
});
