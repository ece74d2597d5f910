import { describe, expect, test } from 'vitest';
import { changed, example, lint, threeLanguages } from '../../test/lab-folder.ts';
import { isJapanese } from './script.ts';

const step = 'steps/00-hostname';
const inLanguage = (lang: string, from: string, to: string) =>
  changed(`${step}/${lang}.md`, from, to, threeLanguages);

/** One change, and the only fault, at the place of the change but for `below` lines. */
async function only(change: ReturnType<typeof changed>, reason: string, below = 0) {
  const { files, file, line } = change;
  expect(await lint(files)).toEqual([
    { file, line: line + below, reason: expect.stringContaining(reason) },
  ]);
}

describe('every language has the same', () => {
  test.each([
    ['{% #own-name %}', '{% #my-name %}', '#my-name of level 2 is here, but heading #own-name'],
    ['## Make', '### Make', 'of level 3 is here, but heading #own-name of level 2 in zh-CN'],
    ['Leave when', '## More {% #more %}\n\nLeave when', '#more of level 2 is here, but the end'],
  ])('headings: %s -> %s', async (from, to, reason) => {
    await only(inLanguage('en', from, to), reason);
  });

  test('headings, none lost', async () => {
    const { files, file } = inLanguage('zh-CN', '看够了', '## 结束 {% #end %}\n\n看够了');
    const problems = await lint(files);
    expect(problems.map((one) => one.reason)).toEqual([
      'the end is here, but heading #end of level 2 in zh-CN',
      'the end is here, but heading #end of level 2 in zh-CN',
    ]);
    expect(problems.map((one) => one.file)).not.toContain(file);
  });

  test.each([
    [
      '{% command id="inside" /%}\n',
      '',
      'command before, command enter, command rename, predict 1',
    ],
    ['answer=1', 'answer=0', 'predict 0, command outside'],
    [
      'Leave when',
      '{% diagram id="x" title="X" %}\n```\nx\n```\n{% /diagram %}\n\nLeave when',
      'diagram x, command leave, but ',
    ],
    [
      'Leave when',
      '{% interview id="q" question="?" %}{% point %}a{% /point %}{% point %}b{% /point %}{% /interview %}\n\nLeave when',
      'interview q, command leave, but ',
    ],
  ])('blocks: %s -> %s', async (from, to, reason) => {
    const { files, file } = inLanguage('en', from, to);
    const found = (await lint(files)).filter((one) => one.reason.startsWith('section'));
    expect(found).toEqual([{ file, line: 12, reason: expect.stringContaining(reason) }]);
  });

  test('order of commands', async () => {
    const { files, file } = inLanguage('ja', 'id="inside"', 'id="outside"');
    const text = `${files[file]}`.replace(/id="outside"(?![\s\S]*id="outside")/, 'id="inside"');
    const problems = await lint({ ...files, [file]: text });
    expect(problems).toMatchObject([{ file, reason: expect.stringContaining('in zh-CN') }]);
  });

  test('number of hints', async () => {
    const change = inLanguage(
      'ja',
      '      - unshare の --uts は、新しいシェルに独立したホスト名を与えます。\n',
      '',
    );
    await only(change, 'check hostname.changed has 2 hints, but 3 in zh-CN', -2);
  });
});

describe('lengths of sections', () => {
  test.each([
    ['ja', '確かめたら', `${'カーネルに名前を聞くのがいちばん確かです。'.repeat(12)}確かめたら`],
    ['en', 'Leave when', `${'The kernel is the one to ask for a name. '.repeat(20)}Leave when`],
  ])('too long in %s', async (lang, from, to) => {
    const { files, file } = inLanguage(lang, from, to);
    const problems = await lint(files);
    const reason = /^section #own-name is [2-9]\.\d\d times as long as in zh-CN$/;
    expect(problems).toEqual([{ file, line: 12, reason: expect.stringMatching(reason) }]);
  });

  test('too short', async () => {
    const { files, file } = inLanguage(
      'zh-CN',
      '看够了就退出来：',
      `${'内核才是该问的那一个，提示符不算数。'.repeat(12)}看够了就退出来：`,
    );
    const problems = await lint(files);
    expect(problems).toHaveLength(2);
    for (const problem of problems) {
      expect(problem.file).not.toBe(file);
      expect(problem.reason).toMatch(/^section #own-name is 0\.[1-4]\d times as long as in zh-CN$/);
    }
  });

  test('code, commands and drawings do not count', async () => {
    const code = `${'`hostname container-001` '.repeat(50)}\n\n\`\`\`\n${'x y z\n'.repeat(50)}\`\`\`\n\n`;
    expect(await lint(inLanguage('en', 'Leave when', `${code}Leave when`).files)).toEqual([]);
  });

  test('a short section may be of any length', async () => {
    const added = (lang: string, from: string, text: string, files = threeLanguages) =>
      changed(`${step}/${lang}.md`, from, `${from}\n\n## X {% #x %}\n\n${text}\n`, files).files;
    const short = (n: number) =>
      added(
        'zh-CN',
        '{% command id="leave" /%}',
        '好'.repeat(n),
        added(
          'ja',
          '{% command id="leave" /%}',
          '完。',
          added('en', '{% command id="leave" /%}', 'Done.'),
        ),
      );
    expect(await lint(short(18))).toEqual([]);
    expect((await lint(short(21))).map(({ reason }) => reason)).toEqual([
      expect.stringContaining('section #x'),
      expect.stringContaining('section #x'),
    ]);
  });
});

describe('kana in Chinese', () => {
  const found = 'kana outside {% ja %} and lang="ja": ';
  test.each([
    ['先看看现在的名字', '先看看現在のホスト名', 'のホスト'],
    ['title: 自己的主机名', 'title: 自己のホスト名', 'のホスト'],
    ['- unshare 的', '- unshare の', 'の'],
    ['question="这时', 'question="このとき', 'このとき'],
    ['{% option %}lab-host', '{% option %}ﾎｽﾄ', 'ﾎｽﾄ'],
    ['看够了', '`ホスト` 看够了', 'ホスト'],
  ])('%s -> %s', async (from, to, kana) => {
    await only(inLanguage('zh-CN', from, to), found + kana);
  });

  test('told on its own line of a paragraph and of a fence', async () => {
    const lines = '第一行\n第二行ホスト\n\n```\n一\n二\nホスト\n```\n\n看够了';
    const { files, line } = inLanguage('zh-CN', '看够了', lines);
    expect((await lint(files)).map((one) => one.line)).toEqual([line + 1, line + 6]);
  });

  test.each([
    ['{% ja reading="ホストがわ" %}ホスト側{% /ja %}看够了'],
    [
      '{% diagram id="d" title="手順のまとめ" lang="ja" %}\n```\n1. PID を特定する\n```\n{% /diagram %}\n\n看够了',
    ],
    [
      '{% interview id="q" question="unshare との違いは？" reading="ちがい" lang="ja" %}\n{% point %}一{% /point %}\n{% point %}二{% /point %}\n{% /interview %}\n\n看够了',
    ],
  ])('is none where it is marked: %s', async (to) => {
    const { files } = inLanguage('zh-CN', '看够了', to);
    const faults = (await lint(files)).filter(({ reason }) => reason.includes('kana'));
    expect(faults).toEqual([]);
  });

  test('in the words around a Japanese question, and in the lab and the glossary', async () => {
    const interview = (point: string) =>
      `{% interview id="q" question="違い" lang="ja" %}\n{% point %}${point}{% /point %}\n{% point %}二{% /point %}\n{% /interview %}\n\n看够了`;
    const { files, line } = inLanguage('zh-CN', '看够了', interview('ちがう'));
    expect((await lint(files)).find(({ reason }) => reason.includes('kana'))).toMatchObject({
      line: line + 1,
      reason: `${found}ちがう`,
    });
    await only(
      changed('lab.yaml', 'title: 主机名的', 'title: ホスト名', threeLanguages),
      `${found}ホスト`,
    );
    await only(
      changed('lab.yaml', 'own-name: 使用', 'own-name: つかう', threeLanguages),
      `${found}つかう`,
    );
    await only(
      changed('glossary.yaml', 'meaning: 内核给', 'meaning: カーネル', threeLanguages),
      `${found}カーネル`,
    );
  });
});

describe('simplified characters in Japanese', () => {
  test.each([
    ['まず今の名前を', 'まず现在の名前を', '现'],
    ['title: 自分だけの', 'title: 自己的们', '们'],
    ['question="このとき', 'question="这时', '这 时'],
    ['- unshare の', '- 隔离の', '离'],
    ['表示されますか', '挂载されますか', '挂 载'],
  ])('%s -> %s', async (from, to, characters) => {
    await only(inLanguage('ja', from, to), `no Japanese character: ${characters}`);
  });

  test('in what is marked as Japanese elsewhere', async () => {
    const reason = 'no Japanese character: 间';
    await only(inLanguage('zh-CN', '名前空間{% /ja %}', '名前空间{% /ja %}'), reason);
    await only(changed('glossary.yaml', 'ja: 名前空間\n', 'ja: 名前空间\n', example), reason);
  });

  test('characters that both languages write are Japanese, and 常用漢字 beyond JIS X 0208 are', () => {
    const both = '国会学来当点体万与双号声台区医党断旧条楼麦机里后面云几叶庄晋杰栖湾独礼';
    const joyo = '亜哀挨愛曖悪握圧扱宛嵐安案暗叱塡剝頰𠮟々〇藤岡阪奈埼茨栃薔薇憂鬱檸檬';
    expect([...both, ...joyo].filter((one) => !isJapanese(one))).toEqual([]);
  });

  test('simplified forms are not, those that JIS has included', () => {
    const simplified =
      '们这个为时说对开关过还进运远连问间门电脑网络线级红约结给绝统继绪续维绿编缓缩贝负财责败货质贩' +
      '贫贯费资车转轮软轻载较输辑边达迁迟适选递释钟钢钱铁银错长阳阴阶险难韩页项顺须预领频题颜额风飞' +
      '马驱骗鱼鸟龙东两严丰临举义乌乐习书买亏亚产亩亲亿仅从仓仪价众优伙伞伟传伤伦伪侣侦侧侨债倾偿储' +
      '儿兑兰兴养兽冈册军农冲决况冻净凉减凑凤凯击凿则刚创删别剂剑剧劝办务动劲劳势勋匀华协单卖卫厂厅' +
      '历厉压厌厕厢县发变叠叹吓吗听启员呛呜咏响哑唤啸喷团园围图圆圣场坏块坚坛坝坟坠垄垒垦垫墙壳处备' +
      '复够头夸夹夺奋奖妆妇妈娱孙宁实宠审宪宽宾寻导尔尘尝尧层屉岁岂岗岛岭币帅带帮并广庆库应庙庞废异' +
      '弃张弹归录彻忆忧怀态总恳恶恼悬惊惩惯愤愿戏户执扩扫扬扰抚抢护报拟拢拣拥择挂挚挤挥捞损换掷揽搀' +
      '摄摆摇摊撑敌无显晓晕暂术杀杂权杨极构枣枪柜标栈栋栏树样桥梦检';
    expect([...simplified].filter(isJapanese)).toEqual([]);
  });
});
