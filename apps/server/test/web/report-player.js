document.title = 'replays';
