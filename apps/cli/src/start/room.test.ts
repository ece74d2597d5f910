import { expect, test } from 'vitest';
import { joinText } from './join-board.ts';
import { roomAddress, transportText } from './room.ts';

const wifi = { address: '192.168.4.20', name: 'wlan0' };
const wire = { address: '10.1.2.3', name: 'enp3s0' };
const docker = { address: '172.17.0.1', name: 'docker0' };
const outside = { address: '203.0.113.9', name: 'eth0' };

test('a room listens on the local network, or says what has to be decided', () => {
  expect(roomAddress(undefined, [docker, wifi])).toBe(wifi.address);
  expect(roomAddress(undefined, [outside, wire])).toBe(wire.address);
  expect(roomAddress(outside.address, [outside, wire])).toBe(outside.address);
  expect(() => roomAddress(undefined, [wifi, wire])).toThrow(
    '--room with 192.168.4.20 (wlan0) or 10.1.2.3 (enp3s0)',
  );
  expect(() => roomAddress(undefined, [outside, docker])).toThrow('no address of a local network');
  expect(() => roomAddress(undefined, [])).toThrow('on no network');
  expect(() => roomAddress('10.9.9.9', [wifi])).toThrow('10.9.9.9 is no address of this machine');
});

test('each way to a room is explained in a sentence', () => {
  const address = 'http://192.168.4.20:8420/';
  expect(transportText(address, false)).toContain('read along');
  expect(transportText('https://192.168.4.20:8420/', true)).toContain('your certificate');
  expect(transportText('https://lab.example.org/', false)).toContain('proxy');
});

test('how to join is printed with the code and a QR code of the link', () => {
  const at = '2026-03-09T04:05:00.000Z';
  const workshop = { title: 'Namespaces', joinCode: 'ABC-DEF', opensAt: at, closesAt: at };
  const lines = joinText(workshop, 'http://192.168.4.20:8420/').split('\n');
  expect(lines).toContain('Join code: ABC-DEF');
  expect(lines).toContain('http://192.168.4.20:8420/join/ABC-DEF');
  expect(lines.filter((line) => /[▀▄█]{2}/.test(line)).length).toBeGreaterThan(10);
});
