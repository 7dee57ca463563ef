/** The subnets of the document, as far as the account shows them. */
import { useAccountList, type AccountList, type Subnet } from '../../api/account';
import { listAt, textAt, type JsonObject } from './document';
import { useEditor } from './editor';

/** The path of a list of what the document's VPC has; undefined while it has no VPC. */
export function inVpc(list: string, document: JsonObject): string | undefined {
  const vpcId = textAt(document, 'compute.vpcId');
  return vpcId === '' ? undefined : `${list}?vpcId=${encodeURIComponent(vpcId)}`;
}

/** Those that the document names, in its order. */
export function useChosenSubnets(): readonly Subnet[] {
  const { document } = useEditor();
  const { items }: AccountList<Subnet> = useAccountList<Subnet>(inVpc('subnets', document));
  return listAt(document, 'compute.subnetIds').flatMap((id) => items.find((each) => each.id === id) ?? []);
}

export type Ipv4Subnet = Subnet & { readonly cidrBlock: string };

/** Those of them that are not for IPv6 only. */
export function useIpv4Subnets(): readonly Ipv4Subnet[] {
  return useChosenSubnets().filter((subnet): subnet is Ipv4Subnet => subnet.cidrBlock !== null);
}
