import { expect, test, vi } from 'vitest';
import { startPlatform } from '../../test/lti-platform.ts';
import { startServer } from '../../test/running-server.ts';
import { makeWorkshop } from '../../test/workshop.ts';

// Beside other tests.
vi.setConfig({ testTimeout: 60_000 });

/** A server with a platform, and what a browser of a course's editor does between them. */
async function both() {
  const platform = await startPlatform();
  const server = await startServer();
  const admin = await server.staff('admin', 'Root');
  await admin.call('POST', '/api/lti/platforms', platform.registration);
  const { body: tool } = await admin.call('GET', '/api/lti/tool');
  Object.assign(platform.state, { toolKeysUrl: tool.keysUrl, redirectUris: [tool.launchUrl] });
  const sent = async (more: object | null, target = tool.launchUrl) => {
    const query = new URLSearchParams({
      ...{ iss: platform.url, client_id: platform.clientId, login_hint: 'teacher-1' },
      ...{ lti_message_hint: 'hint', target_link_uri: target },
    });
    const begun = await fetch(`${server.url}/api/lti/login?${query}`, { redirect: 'manual' });
    const form = await platform.authenticate(
      ...([begun.headers.get('location') ?? '', 'teacher-1', target] as const),
      (claims) => (more ? { ...claims, ...platform.choosing(more) } : claims),
    );
    return post(server.url, '/api/lti/launch', form, platform.url);
  };
  return {
    ...{ platform, server, sent },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await platform[Symbol.asyncDispose]();
    },
  };
}

const post = (url: string, path: string, form: Record<string, string>, origin = url) =>
  fetch(url + path, {
    ...{ method: 'POST', body: new URLSearchParams(form), redirect: 'manual' },
    headers: { origin },
  });

const fieldOf = (html: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]+)"`).exec(html)?.[1] ?? '';

test('whoever edits a course chooses a lesson: the link comes with its title and its column of the grade book', async () => {
  await using all = await both();
  const { platform, server, sent } = all;
  const page = await sent({});
  expect(page.status).toBe(200);
  expect(page.headers.get('x-frame-options')).toBeNull();
  const policy = page.headers.get('content-security-policy');
  expect(policy).toContain(`form-action 'self' ${platform.url};`);
  expect(page.headers.getSetCookie().some((one) => one.startsWith('tatami_session='))).toBe(false);
  const html = await page.text();
  expect(html).toContain(`action="${platform.url}/mod/lti/contentitem_return.php?course=2"`);
  const [item, ...others] = await platform.takeLinks(fieldOf(html, 'JWT'));
  expect(others).toEqual([]);
  expect(item).toEqual({
    ...{ type: 'ltiResourceLink', title: '回声', url: `${server.url}/labs/01-echo` },
    lineItem: { scoreMaximum: 60, label: '回声' },
  });
  // The link leads where it says.
  const followed = await sent(null, item?.url);
  expect(followed.status).toBe(200);
  expect(await followed.text()).toContain('/api/lti/continue?ticket=');
});

test('where a link may bring no column, it brings none', async () => {
  await using all = await both();
  const html = await (await all.sent({ accept_lineitem: false })).text();
  const [item] = await all.platform.takeLinks(fieldOf(html, 'JWT'));
  expect(item?.lineItem).toBeUndefined();
});

test('a workshop is chosen by its code, and its link leads to where it is joined, as nobody yet', async () => {
  await using all = await both();
  const { platform, server, sent } = all;
  const { joinCode } = await makeWorkshop(await server.staff('instructor'));
  const ticket = fieldOf(await (await sent({})).text(), 'ticket');
  const find = (code: string) => post(server.url, '/api/lti/workshop', { ticket, code });
  const wrong = await find('ZZZ-ZZZ');
  expect(wrong.status).toBe(404);
  expect(await wrong.text()).toContain('(1801)');
  const found = await find(joinCode.toLowerCase());
  expect(found.status).toBe(200);
  const html = await found.text();
  expect(html).toContain('Namespaces, Tuesday');
  const [item] = await platform.takeLinks(fieldOf(html, 'JWT'));
  expect(item).toEqual({
    ...{ type: 'ltiResourceLink', title: 'Namespaces, Tuesday' },
    url: `${server.url}/join/${joinCode}`,
  });
  const followed = await sent(null, item?.url);
  expect(followed.status).toBe(303);
  expect(followed.headers.get('location')).toBe(`/join/${joinCode}`);
  expect(followed.headers.getSetCookie().some((one) => one.startsWith('tatami_session='))).toBe(
    false,
  );
  // A ticket is good once; a page of another site cannot ask with one.
  expect((await find(joinCode)).status).toBe(400);
  const foreign = await post(
    server.url,
    '/api/lti/workshop',
    { ticket, code: joinCode },
    platform.url,
  );
  expect(foreign.status).toBe(403);
});

test('a platform that takes no links like ours is told so', async () => {
  await using all = await both();
  const refused = await all.sent({ accept_types: ['html'] });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain('(1974)');
});
