// Starts a program as a worker: the page sends where its script is, and the compiled program or where that is. What is
// compiled already is neither loaded nor compiled again. The program then listens by itself and says that it is ready.
self.onmessage = async ({ data: [script, program] }) => {
  self.onmessage = null;
  try {
    const { default: init } = await import(script);
    await init({ module_or_path: program });
  } catch (error) {
    self.postMessage(["lost", String(error)]);
  }
};
