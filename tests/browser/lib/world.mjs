// A server, a browser and an administrator who is logged in: where most tests begin.
import { Admin, ADMIN } from './admin.mjs';
import { launch, logIn, newVisitor } from './browser.mjs';
import { Server } from './server.mjs';

export async function openWorld({ setUp = true, options = [] } = {}) {
  const server = await Server.start(options);
  const browser = await launch();
  const admin = setUp ? await Admin.setUp(server) : null;
  return { server, browser, admin };
}

/** Relays on ports that no other daemon of this machine wants; takes a restart. */
export async function ownMediaPorts({ server, admin }) {
  const first = 31_000 + 200 * Math.floor(Math.random() * 40);
  await admin.patch('settings', { rtp_port_min: first, rtp_port_max: first + 198 });
  await server.halt();
  await server.launch();
}

export async function closeWorld(world) {
  await world?.browser.close();
  await world?.server.stop();
}

/** A browser in which the administrator has logged in. */
export async function loggedIn(world, options) {
  const visitor = await newVisitor(world.browser, world.server, options);
  await visitor.page.goto('/');
  await logIn(visitor.page, ADMIN);
  return visitor;
}
