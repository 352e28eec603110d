// Measures pages at the width of a phone, with every section open. The pages are in frames, and unchanged.
const luminance = ([r, g, b]) => {
    const part = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
};
const look = ({ contentDocument: page, contentWindow: view }) => {
    for (const each of page.querySelectorAll("details")) each.open = true;
    const style = element => view.getComputedStyle(element);
    const colour = text => text.match(/[\d.]+/g).map(Number);
    const grounds = new Map();
    const ground = element => {
        if (!element) return [255, 255, 255];
        if (!grounds.has(element)) {
            const own = colour(style(element).backgroundColor);
            grounds.set(element, own[3] === 0 ? ground(element.parentElement) : own);
        }
        return grounds.get(element);
    };
    let [contrast, least_legible, texts] = [99, "", 0];
    for (const element of page.body.querySelectorAll("*")) {
        if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
        const [a, b] = [luminance(colour(style(element).color)), luminance(ground(element))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < contrast) [contrast, least_legible] = [ratio, element.outerHTML.slice(0, 100)];
        texts++;
    }
    const narrowest = Math.min(390, ...[...page.querySelectorAll("th, td, .chip, .arrow")].map(element => element.offsetWidth));
    const root = page.documentElement;
    const is_dark = luminance(ground(page.body)) < 0.2;
    return { title: page.title, width: root.scrollWidth, room: root.clientWidth, narrowest, contrast, least_legible, texts, is_dark };
};
addEventListener("load", () => {
    document.querySelector("#told").textContent = JSON.stringify([...document.querySelectorAll("iframe")].map(look));
});
