package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
)

// What a kubelet does besides the states of pods, which are kwok's stages: it looks whether what a pod wants to
// mount and read is there, tells events, keeps logs, and answers the API server when it is asked for logs.
// Commands in containers are left to kwok.
type kubelet struct {
	cluster *cluster
	server  *http.Server
	cancel  context.CancelFunc
	logs    *podLogs
}

func startKubelet(c *cluster) (*kubelet, error) {
	ctx, cancel := context.WithCancel(context.Background())
	k := &kubelet{cluster: c, cancel: cancel, logs: newPodLogs()}
	pool := x509.NewCertPool()
	pool.AddCert(c.ca.certificate)
	certificate, err := tls.LoadX509KeyPair(c.ca.path("server.crt"), c.ca.path("server.key"))
	if err != nil {
		cancel()
		return nil, err
	}
	listener, err := tls.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", c.ports.kubelet), &tls.Config{
		Certificates: []tls.Certificate{certificate}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert,
		NextProtos: []string{"http/1.1"},
	})
	if err != nil {
		cancel()
		return nil, err
	}
	kwok := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: c.kwokAddress()})
	paths := http.NewServeMux()
	paths.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", k.logs.serve)
	paths.Handle("/", kwok)
	journal, err := os.OpenFile(c.logs+"/kubelet"+c.suffix+".log", os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		cancel()
		return nil, err
	}
	log.SetOutput(journal)
	k.server = &http.Server{Handler: paths, ErrorLog: log.New(journal, "", log.LstdFlags)}
	go k.server.Serve(listener)
	k.follow(ctx)
	startDrivers(ctx, c.api)
	startDoors(ctx, c.api)
	return k, nil
}

func (k *kubelet) stop() {
	k.cancel()
	k.server.Close()
}
