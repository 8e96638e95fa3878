// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures called pair-*.webp hold a sketch on the left and its ink on the right: here one lies over the other,
// with a handle between them. Without scripts they stay side by side.
for (const image of document.querySelectorAll('img[src*="/pair-"]')) {
  image.decode().then(() => {
    const pair = document.createElement("div");
    pair.className = "pair";
    pair.style.setProperty("--ratio", `${image.naturalWidth / 2} / ${image.naturalHeight}`);
    pair.style.setProperty("--picture", `url("${image.src}")`);
    pair.innerHTML = '<div class="pair-ink"></div><div class="pair-sketch"></div>'
      + '<input type="range" min="0" max="100" value="50">';
    const handle = pair.querySelector("input");
    handle.setAttribute("aria-label", `Sketch or ink: ${image.alt}`);
    const show = () => pair.style.setProperty("--at", `${handle.value}%`);
    handle.addEventListener("input", show);
    show();
    image.replaceWith(pair);
  });
}
