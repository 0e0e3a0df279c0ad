// The page's only script beside the app: sets the theme before the first paint, then starts the wasm that trunk built.
// (No inline script, so that the Content-Security-Policy can forbid all of them.)
try {
  const theme = localStorage.getItem("threadbare.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; the theme then follows the system.
}

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
