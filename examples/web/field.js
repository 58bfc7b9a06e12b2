// A canvas gets no input method, no keyboard of a phone, and no paste without asking the player. While the game takes text,
// this gives the focus to an input field at the caret, and hands on what is written there. Keys that write nothing go to the
// canvas. To the game, the canvas and the field are one: it does not lose the focus when the field gets it.

// An empty field gets no Backspace from the keyboard of a phone.
const EMPTY = " ";

export function join(canvas, field, button, village) {
  let isWriting = false;

  // The game takes text and keys on different ways. Keys wait until it has taken the text before them, within two frames.
  const keys = [];
  let framesOfText = 0;
  const hand = (key) => {
    if (key) keys.push(key);
    while (!framesOfText && keys.length) canvas.dispatchEvent(keys.shift());
  };
  const press = (key) => {
    for (const type of ["keydown", "keyup"]) hand(new KeyboardEvent(type, { key, code: key }));
  };
  const write = (text) => {
    framesOfText = 2;
    village.insert(text);
  };
  const insert = (text) => {
    const line = text.trim().replace(/\s*[\r\n]+\s*/g, " ");
    if (line || text === " ") write(line || text);
  };
  const clear = () => {
    field.value = EMPTY;
    field.setSelectionRange(EMPTY.length, EMPTY.length);
  };
  const take = () => {
    clear();
    field.focus({ preventScroll: true });
  };

  for (const type of ["keydown", "keyup"]) {
    field.addEventListener(type, (event) => {
      const isOfInputMethod = event.isComposing || event.keyCode === 229 || event.key === "Dead";
      const isPaste = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "v";
      if (isOfInputMethod || isPaste) return;
      event.preventDefault();
      hand(new KeyboardEvent(type, event));
    });
  }
  field.addEventListener("paste", (event) => {
    event.preventDefault();
    insert(event.clipboardData.getData("text/plain"));
  });
  field.addEventListener("compositionupdate", (event) => village.compose(event.data));
  field.addEventListener("compositionend", (event) => {
    village.compose("");
    if (event.data) write(event.data);
    clear();
  });
  // What comes without a key: from the keyboards of phones, emoji pickers, dictation.
  field.addEventListener("beforeinput", (event) => {
    if (event.isComposing || event.inputType.includes("Composition")) return;
    event.preventDefault();
    if (event.inputType.startsWith("delete")) press("Backspace");
    else if (event.inputType === "insertLineBreak") press("Enter");
    else if (event.data) insert(event.data);
  });

  // Before the game's own listeners.
  for (const type of ["focus", "blur"]) {
    addEventListener(type, (event) => {
      const other = { [canvas.id]: field, [field.id]: canvas }[event.target.id];
      if (!other) return;
      if (event.relatedTarget === other) event.stopImmediatePropagation();
      else if (event.target === field) canvas.dispatchEvent(new FocusEvent(type));
    }, true);
  }
  canvas.addEventListener("pointerup", () => {
    if (isWriting) take();
  });
  // Only what the player does opens a phone's keyboard.
  button.addEventListener("click", () => {
    if (!isWriting) press("Enter");
    take();
  });

  const follow = () => {
    framesOfText = Math.max(framesOfText - 1, 0);
    hand();
    const caret = village.caret();
    if (caret) field.style.translate = `${caret[0]}px ${caret[1]}px`;
    if (isWriting !== Boolean(caret)) {
      isWriting = Boolean(caret);
      if (isWriting) take();
      else if (document.activeElement === field) canvas.focus();
    }
    requestAnimationFrame(follow);
  };
  follow();
  canvas.focus();
}
