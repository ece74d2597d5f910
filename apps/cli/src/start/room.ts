import { networkInterfaces } from 'node:os';
import { UserError } from '../user-error.ts';

/** An address of this machine, with the name of its interface. */
export interface OwnAddress {
  address: string;
  name: string;
}

/** Interfaces of containers and virtual machines, where no learner is. */
const virtual = /^(docker|br-|veth|virbr|vnet|lxc|cni|podman|tun|tap|wg)/;

/** The addresses of this machine that others may reach: IPv4, which every room has. */
export const ownAddresses = (): OwnAddress[] =>
  Object.entries(networkInterfaces()).flatMap(([name, list]) =>
    (list ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
      .map(({ address }) => ({ address, name })),
  );

/** RFC 1918 and RFC 6598: nobody from outside reaches them directly. */
function isPrivate(address: string): boolean {
  const [a = 0, b = 0] = address.split('.').map(Number);
  return (
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 100 && b >= 64 && b < 128)
  );
}

/**
 * The address to listen on in a room: the one asked for, else that of the local network.
 * @throws UserError when there is none, or when somebody has to choose.
 */
export function roomAddress(asked: string | undefined, own: readonly OwnAddress[]): string {
  if (asked !== undefined) {
    if (own.some(({ address }) => address === asked)) return asked;
    throw new UserError(
      `${asked} is no address of this machine; it has ${listed(own) || 'none that others reach'}.`,
    );
  }
  const real = own.filter(({ name }) => !virtual.test(name));
  const local = real.filter(({ address }) => isPrivate(address));
  const [only, another] = local;
  if (only && !another) return only.address;
  if (only)
    throw new UserError(
      `this machine is on several networks; say which: --room with ${listed(local)}.`,
    );
  if (real.length === 0) throw new UserError('this machine is on no network; connect it first.');
  throw new UserError(
    `this machine has no address of a local network; to be reached at a public one, say so: --room with ${listed(real)}.`,
  );
}

const listed = (some: readonly OwnAddress[]): string =>
  some.map(({ address, name }) => `${address} (${name})`).join(' or ');

/** What the way that browsers reach a room by means, in a sentence or two. */
export function transportText(address: string, ownsCertificate: boolean): string {
  if (ownsCertificate)
    return (
      'https with your certificate: what is sent is encrypted, and browsers warn unless they trust who signed it for this ' +
      'name. When it is renewed, start Tatami again.'
    );
  if (address.startsWith('https:'))
    return 'https ends at your proxy, which renews its certificates itself; between it and this machine nobody should listen.';
  return (
    'http: whoever is on this network could read along and change what is sent, and browsers offer pages less of the ' +
    'clipboard. Fine for a room you trust; else give --tls-cert and --tls-key, or, for a public name with certificates ' +
    'that renew themselves, put a proxy such as Caddy in front and give its address with --public-url.'
  );
}
