// The page's only script beside the app: sets the theme before the first paint, then starts the wasm that trunk built.
// (No inline script, so that the Content-Security-Policy can forbid all of them.)
try {
  const theme = localStorage.getItem("threadbare.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; the theme then follows the system.
}

// The canvases measure their words in this face: it is there before they do, or after a second they go on without.
await Promise.race([
  Promise.all([document.fonts.load("400 14px Inter"), document.fonts.load("600 14px Inter")]).catch(() => {}),
  new Promise((done) => setTimeout(done, 1000)),
]);

const script = document.querySelector("link[rel=modulepreload]");
const wasm = document.querySelector("link[rel=preload][as=fetch]");
try {
  const { default: init } = await import(script.href);
  await init({ module_or_path: wasm.href });
} catch (error) {
  const place = document.getElementById("app");
  place.textContent = "Threadbare could not start: " + error + ". It needs a browser with WebAssembly and JavaScript modules.";
  throw error;
}
