/** Texts of marks and of what is kept, en. */
export default {
  points: '{{n}} points',
  pointsOf: '{{n}} of {{all}} points',
  'mark.open': 'open',
  'mark.met': 'proven',
  'mark.assisted': 'with the solution',
  'mark.late': 'too late',
  'mark.changed': 'Set by {{by}}, {{time}}: {{reason}}',
  'mark.changedBack': 'Set back to what was graded by {{by}}, {{time}}: {{reason}}',
  'grading.items':
    'An item earns its points as soon as all its checks have passed. How often you tried does not matter.',
  'grading.pass': 'You pass with {{needed}} of {{possible}} points ({{percent}} %).',
  'grading.assisted':
    'If you have a solution shown before an item is proven, it still earns {{percent}} % of its points.',
  'grading.deadline':
    "It ends on {{time}} by the server's clock. What the kernel had seen by then counts, even if it was stored later; what you have begun and not finished does not.",
  'grading.changes':
    'An instructor can change points, always with a reason that you can read here.',
  'marks.own': 'Grading and points',
  'marks.link': 'How it is graded, and your points',
  'marks.toLesson': 'Back to the lesson',
  'marks.noWorkshop': 'You are working on your own: nobody but you sees these points.',
  'marks.passed': 'passed',
  'marks.notPassed': 'not passed',
  'marks.settled': 'final',
  'marks.open': 'so far',
  'marks.title': 'Marks',
  'marks.learner': 'Learner',
  'marks.sum': 'Points',
  'marks.nobody': 'Nobody has a seat in this workshop yet.',
  'marks.standsSettled':
    'Closed on {{time}}. Marks are fixed; changes need a reason and are kept beside what was graded.',
  'marks.standsOpen':
    'These are marks so far. They are fixed two minutes after the workshop closes ({{time}}).',
  'marks.notIntact':
    'Some of these marks are not what the server recorded: somebody has changed the database. Do not use them before that is explained.',
  'marks.erased':
    'Learners who have deleted their data: {{n}}. Their points are kept without a name and are not listed.',
  'marks.lessonChanged':
    'The lesson has changed since these marks were made. Grade again if the change concerns them.',
  'marks.absent': 'did not come',
  'marks.alike': 'paced like another',
  'marks.record': 'all evidence',
  'marks.was': 'was {{n}}',
  'marks.cell': '{{name}}, {{item}}: {{n}} points',
  'marks.change': 'Change the points',
  'marks.changeBack': 'As it was graded',
  'marks.asGraded': 'as graded',
  'marks.points': 'Points (0 to {{most}})',
  'marks.reason': 'Reason (the learner can read it)',
  'marks.why': 'Reason',
  'marks.weights': 'What items are worth',
  'marks.weightsText':
    'Learners see these points before they begin. They can be changed until the workshop opens.',
  'marks.toWorkshop': 'Back to the workshop',
  'marks.likenesses': 'Work that looks alike',
  'marks.likenessText':
    'These learners proved the same items with the same pauses and commands. There can be good reasons, such as working together or following what you showed. It costs no points.',
  'marks.likeness':
    '{{one}} and {{two}}: {{n}} checks in a row, {{commands}} of them by the same command, pauses at most {{s}} s apart',
  'marks.exports': 'Take away',
  'marks.csvFor': 'CSV for {{system}}',
  'marks.json': 'JSON with all evidence',
  'marks.bom': 'Mark the CSV as UTF-8 for Excel (BOM)',
  'marks.noNumber':
    'Without a number: {{n}}. Moodle tells learners apart by it, so its file leaves them out.',
  'marks.gradings': 'Gradings',
  'marks.byServer': 'by the server, from the evidence',
  'marks.gradeAgain': 'Grade again',
  'marks.gradeAgainText':
    'Grades the evidence that was kept by the lesson as it is now and by these points. Give an item 0 points to leave it out. Earlier gradings and changes by hand stay.',
  'marks.passPercent': 'Passed from (%)',
  'marks.assistedPercent': 'Left of an item whose solution was shown (%)',
  'privacy.page': 'Your data',
  'privacy.title': 'What is recorded',
  'privacy.what': 'What',
  'privacy.whatText':
    'Your name, and your number if it is asked for. What your terminals show, but not what you type. The commands that your machine runs, as far as they prove an item. Your answers, and when each item was proven. What instructors do that concerns you.',
  'privacy.whatTextAlone':
    'No name. What your terminals show, but not what you type. The commands that your machine runs, as far as they prove an item. Your answers, and when each item was proven.',
  'privacy.who': 'Who sees it',
  'privacy.whoText':
    'You, and the instructors and assistants of this workshop. They can see your terminal live, and you are told while they do. Other learners see none of it. Whoever runs this server can read what is stored on it.',
  'privacy.whoTextAlone': 'You. Whoever runs this server can read what is stored on it.',
  'privacy.long': 'For how long',
  'privacy.longText':
    'Recordings of your terminals: {{recordings}} days. Everything else, your mark included: {{marks}} days after the workshop. Then it is deleted.',
  'privacy.longTextAlone':
    'Recordings of your terminals: {{recordings}} days. Everything else: {{marks}} days after your last visit. Then it is deleted.',
  'privacy.yours': 'Your rights here',
  'privacy.yoursText':
    'You can download all of it and delete it at any time, on the page “Your data”.',
  'privacy.download': 'Download everything',
  'privacy.downloadText':
    'One zip file: all that is stored about you as JSON, and the recordings of your terminals for asciinema.',
  'privacy.erase': 'Delete everything',
  'privacy.eraseText':
    'Deletes your session and its code, name and number, evidence, answers, reports and recordings, at once and for good. A machine that runs is closed.',
  'privacy.eraseMark':
    'Of your mark only the points stay, without your name: nobody can tell any more that they were yours. If you need the mark, have it entered first.',
  'privacy.sure': 'I want all my data deleted.',
  'privacy.erased': 'Your data are deleted',
  'privacy.erasedText': 'Nothing is stored about you any more. If you go on, you begin anew.',
  'privacy.link': 'Your data: see, download, delete',
  'error.marks.item-unknown': 'The lesson has no such item',
  'error.marks.too-many-points': 'An item cannot earn more than it is worth',
  'error.marks.learner-unknown': 'There is no such learner in this workshop',
  'error.marks.weights-fixed':
    'Learners were told what items are worth; after the workshop you can grade again, with a reason',
  'error.marks.open': 'The workshop has not closed yet; there is nothing to grade again',
} as Record<string, string>;
