// Runs in every document before its own scripts. Takes away what would reach the network behind our back, or outlive
// the page; everything else stays as the page expects it.
(() => {
  for (const name of [
    "RTCPeerConnection", "webkitRTCPeerConnection", "RTCDataChannel", "WebTransport", "WebSocketStream", "SharedWorker",
  ]) {
    delete window[name];
  }
  for (const name of ["serviceWorker", "usb", "serial", "hid", "bluetooth", "credentials"]) {
    delete Navigator.prototype[name];
  }
})();
