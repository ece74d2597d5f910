import type { MapAnswers } from '../../../packages/checks/test/map-situation.ts';

type Answers = {
  inside: Omit<MapAnswers['inside'][number], 'pid1'>[];
  sharesNet?: MapAnswers['sharesNet'];
  made?: MapAnswers['made'];
  entered?: MapAnswers['entered'];
};

/** What a learner types, and what is so then; which process is PID 1 is asked the machine. */
export interface MapPlay {
  name: string;
  /** Terminals that are open, in this order. */
  terminals: string[];
  /** `at`: what shows that the line has come to where it goes; a prompt unless told. */
  lines: { terminal: string; text: string; at?: RegExp }[];
  answers: Answers;
}

const containerPid = "$(docker inspect --format '{{.State.Pid}}' test-nginx)";
const unshareAll = 'sudo unshare --pid --fork --mount-proc --uts --ipc --net bash';
const web = { terminal: '1', text: 'docker run -d --name test-nginx nginx' };
const five: MapAnswers['inside'][number]['kinds'] = ['pid', 'mnt', 'net', 'uts', 'ipc'];

export const mapPlays: MapPlay[] = [
  { name: 'plain', terminals: ['1', '2'], lines: [], answers: { inside: [] } },
  {
    name: 'unshare-no-fork',
    terminals: ['1', '2'],
    lines: [{ terminal: '1', text: 'sudo unshare --pid bash --norc', at: /bash-[\d.]+# $/ }],
    answers: { inside: [], made: { terminal: '1', kinds: ['pid'] } },
  },
  {
    name: 'unshare-fork',
    terminals: ['1', '2'],
    lines: [{ terminal: '1', text: 'sudo unshare --pid --fork --mount-proc bash' }],
    answers: {
      inside: [{ terminal: '1', kinds: ['pid', 'mnt'] }],
      made: { terminal: '1', kinds: ['pid', 'mnt'] },
    },
  },
  {
    name: 'unshare-full',
    terminals: ['1', '2'],
    lines: [
      { terminal: '1', text: unshareAll },
      { terminal: '1', text: 'hostname my-container' },
    ],
    answers: {
      inside: [{ terminal: '1', kinds: five }],
      sharesNet: [{ who: 'terminal 1', with: [] }],
      made: { terminal: '1', kinds: five },
    },
  },
  {
    name: 'uts-only',
    terminals: ['1', '2'],
    lines: [
      { terminal: '2', text: 'sudo unshare --uts bash' },
      { terminal: '2', text: 'hostname other' },
    ],
    answers: {
      inside: [{ terminal: '2', kinds: ['uts'] }],
      made: { terminal: '2', kinds: ['uts'] },
    },
  },
  {
    name: 'nested',
    terminals: ['1', '2'],
    lines: [
      { terminal: '1', text: 'sudo unshare --pid --fork --mount-proc bash' },
      { terminal: '1', text: 'unshare --pid --fork --mount-proc bash' },
    ],
    answers: {
      inside: [{ terminal: '1', kinds: ['pid', 'mnt'] }],
      made: { terminal: '1', kinds: ['pid', 'mnt'] },
    },
  },
  {
    name: 'nsenter-net',
    terminals: ['1', '2'],
    lines: [web, { terminal: '1', text: `sudo nsenter -t ${containerPid} -n bash` }],
    answers: {
      inside: [{ terminal: '1', kinds: ['net'] }],
      sharesNet: [
        { who: 'terminal 1', with: ['test-nginx'] },
        { who: 'test-nginx', with: ['terminal 1'] },
      ],
      entered: { terminal: '1', kinds: ['net'], whose: 'test-nginx' },
    },
  },
  {
    name: 'nsenter-short',
    terminals: ['1', '2'],
    lines: [web, { terminal: '2', text: `sudo nsenter -t ${containerPid} -n ip addr` }],
    answers: {
      inside: [],
      sharesNet: [{ who: 'test-nginx', with: [] }],
      entered: { terminal: '2', kinds: ['net'], whose: 'test-nginx' },
    },
  },
  {
    name: 'nsenter-all',
    terminals: ['1', '2'],
    lines: [
      { terminal: '1', text: unshareAll },
      { terminal: '1', text: 'hostname my-container' },
      {
        terminal: '2',
        text: 'sudo nsenter -t $(pgrep -x bash | while read p; do [ "$(sudo readlink /proc/$p/ns/pid)" = "$(sudo readlink /proc/1/ns/pid)" ] || echo $p; done) -a bash',
      },
    ],
    answers: {
      inside: [
        { terminal: '1', kinds: five },
        { terminal: '2', kinds: five },
      ],
      sharesNet: [
        { who: 'terminal 1', with: ['terminal 2'] },
        { who: 'terminal 2', with: ['terminal 1'] },
      ],
      made: { terminal: '1', kinds: five },
      entered: { terminal: '2', kinds: five, whose: 'my-container' },
    },
  },
  {
    name: 'container-net',
    terminals: ['1'],
    lines: [
      web,
      {
        terminal: '1',
        text: 'docker run -d --name side --network container:test-nginx nginx sleep 1000',
      },
    ],
    answers: {
      inside: [],
      sharesNet: [
        { who: 'side', with: ['test-nginx'] },
        { who: 'test-nginx', with: ['side'] },
      ],
    },
  },
  {
    name: 'netns-add',
    terminals: ['1'],
    lines: [{ terminal: '1', text: 'sudo ip netns add blue' }],
    answers: { inside: [], made: { terminal: '1', kinds: ['net'] } },
  },
  {
    name: 'docker-exec',
    terminals: ['1', '2'],
    lines: [web, { terminal: '1', text: 'docker exec -it test-nginx sh', at: /# $/ }],
    answers: {
      inside: [{ terminal: '1', kinds: five }],
      sharesNet: [
        { who: 'terminal 1', with: ['test-nginx'] },
        { who: 'test-nginx', with: ['terminal 1'] },
      ],
    },
  },
  {
    name: 'user-without-root',
    terminals: ['1', '2'],
    lines: [{ terminal: '2', text: 'unshare --user --map-root-user --net bash' }],
    answers: {
      inside: [{ terminal: '2', kinds: ['net', 'user'] }],
      sharesNet: [{ who: 'terminal 2', with: [] }],
      made: { terminal: '2', kinds: ['net', 'user'] },
    },
  },
];
