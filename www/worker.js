// Starts the app once more, as a worker: the page sends where its script is and the module it has compiled, so that
// nothing is loaded or compiled twice. The app then listens by itself and says that it is ready.
self.onmessage = async ({ data: [script, module] }) => {
  self.onmessage = null;
  const { default: init } = await import(script);
  await init({ module_or_path: module });
};
